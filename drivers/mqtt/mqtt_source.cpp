// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/mqtt_source.h"

#include <mqtt/async_client.h>

#include <utility>

#include "drivers/mqtt/supervisor.h"

namespace lamppost::mqtt {

struct MqttSource::Core : Supervisor {
  using Supervisor::Supervisor;
};

namespace {

// OpenSSL 1.1 and later sets itself up when TLS is first used. Paho would make it read its whole
// configuration for a plain connection, too.
void leave_openssl_alone() {
  MQTTAsync_init_options options = MQTTAsync_init_options_initializer;
  options.do_openssl_init = 0;
  MQTTAsync_global_init(&options);
}

}  // namespace

MqttSource::MqttSource(boost::asio::io_context& io, Options options, Accept accept,
                       const Clock& clock, const Log& log)
    : core_(std::make_shared<Core>(io, std::move(options), std::move(accept), clock, log)) {
  leave_openssl_alone();
}

MqttSource::~MqttSource() { stop(); }

void MqttSource::start() { core_->start(); }
void MqttSource::stop() { core_->stop(); }
SourceState MqttSource::state() const { return core_->state(); }

}  // namespace lamppost::mqtt

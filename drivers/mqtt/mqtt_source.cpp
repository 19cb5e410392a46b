// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/mqtt_source.h"

#include <utility>

#include "drivers/mqtt/supervisor.h"

namespace lamppost::mqtt {

struct MqttSource::Core : Supervisor {
  using Supervisor::Supervisor;
};

MqttSource::MqttSource(boost::asio::io_context& io, Options options, Accept accept,
                       const Clock& clock, const Log& log)
    : core_(std::make_shared<Core>(io, std::move(options), std::move(accept), clock, log)) {}

MqttSource::~MqttSource() { stop(); }

void MqttSource::start() { core_->start(); }
void MqttSource::stop() { core_->stop(); }
SourceState MqttSource::state() const { return core_->state(); }

}  // namespace lamppost::mqtt

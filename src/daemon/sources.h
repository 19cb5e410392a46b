// SPDX-License-Identifier: Apache-2.0
// The transports of a configuration, started, compared and stopped as one set.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "drivers/coap/coap_source.h"
#include "drivers/mqtt/mqtt_source.h"
#include "ingest/ingest.h"
#include "status/snapshot.h"

namespace lamppost::daemon {

// What a source of the configuration asks of its transport.
mqtt::Options mqtt_options(const config::Source& source, std::vector<std::string> filters);
coap::Options coap_options(const config::Source& source, std::vector<coap::Path> paths);

// Lives on the main thread.
class Sources {
 public:
  Sources(boost::asio::io_context& io, ingest::Ingest& ingest, const Clock& clock, const Log& log)
      : io_(io), ingest_(ingest), clock_(clock), log_(log) {}

  // Starts what is new, restarts what changed, stops what is gone, leaves the rest running. Throws
  // ConfigError when an address cannot be bound; everything else then still runs.
  void apply(const ingest::Pipeline& pipeline);
  void stop();
  std::vector<status::SourceView> views() const;

 private:
  using Options = std::variant<mqtt::Options, coap::Options>;
  struct Running {
    Options options;
    std::unique_ptr<mqtt::MqttSource> mqtt;
    std::unique_ptr<coap::CoapSource> coap;
  };

  static Options options_of(const config::Source& source, const ingest::Pipeline& pipeline);
  Accept accept_all();
  void start(const std::string& name, Options options);

  boost::asio::io_context& io_;
  ingest::Ingest& ingest_;
  const Clock& clock_;
  const Log& log_;
  std::map<std::string, Running> running_;
};

}  // namespace lamppost::daemon

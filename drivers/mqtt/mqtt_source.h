// SPDX-License-Identifier: Apache-2.0
// MQTT in, through Eclipse Paho (MQTT 5.0 and 3.1.1). A PUBACK or PUBREC goes out only after the
// reading is stored; while the outbox refuses, Paho's receive thread waits and the broker keeps the
// rest.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "drivers/transport.h"

namespace lamppost::mqtt {

struct Options {
  std::string name;  // of the source
  std::string url;   // mqtt://host[:port], mqtts://host[:port]
  int version = 5;   // 5 falls back to 3 (3.1.1) when refused
  std::string client_id;
  int qos = 1;
  std::chrono::seconds session_expiry{604800};
  std::chrono::seconds keep_alive{30};
  std::string username, password;
  std::string ca_file, cert_file, key_file;
  std::size_t max_payload = 1 << 20;
  std::vector<std::string> filters;  // topic filters to subscribe to, each once
};

class MqttSource {
 public:
  MqttSource(boost::asio::io_context& io, Options options, Accept accept, const Clock& clock,
             const Log& log);
  ~MqttSource();

  void start();
  // Leaves the session at the broker, so that it keeps what arrives meanwhile. Returns within ~2 s;
  // a reading that is waiting for room stays unacknowledged.
  void stop();
  SourceState state() const;  // thread-safe

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace lamppost::mqtt

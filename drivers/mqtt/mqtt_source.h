// SPDX-License-Identifier: Apache-2.0
// MQTT in, through Eclipse Paho (MQTT 5.0 and 3.1.1). A PUBACK or PUBREC goes out only after the
// reading is stored; while the outbox refuses, the connection is cut and the broker keeps the rest
// (docs/decisions/0003-mqtt-acknowledgement.md).
//
// Towards the broker: a persistent session (stable client id, no clean start, session expiry),
// Receive Maximum 1000, and retained readings once per new subscription. A broker may only know
// MQTT 3.1.1: then QoS 2 is asked for as QoS 1, because Paho answers a QoS 2 reading of 3.1.1
// before it shows it, and retained readings come after every connection. A filter that is no longer
// configured stays subscribed in the broker's session until that expires.
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
  std::string ca_file, cert_file, key_file;  // "": the system's authorities; no client certificate
  // Longer payloads arrive cut to a sample, with Reading::cut_from telling their size.
  std::size_t max_payload = 1 << 20;
  std::vector<std::string> filters;  // topic filters to subscribe to, each once

  friend bool operator==(const Options&, const Options&) = default;
};

// start(), stop() and the destructor belong to the thread that runs `io`, or to a time when nobody
// does. `accept` is called on Paho's thread, which all MQTT sources of a process share.
class MqttSource {
 public:
  MqttSource(boost::asio::io_context& io, Options options, Accept accept, const Clock& clock,
             const Log& log);
  ~MqttSource();

  // Connects, and comes back for ever: nothing but a wrong url is final, and that throws
  // ConfigError.
  void start();
  // Leaves the session at the broker, so that it keeps what arrives meanwhile. Returns within ~2 s;
  // a reading that is waiting for room stays unacknowledged. `accept` is not called afterwards.
  void stop();
  SourceState state() const;  // thread-safe

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace lamppost::mqtt

// SPDX-License-Identifier: Apache-2.0
// Debian's mosquitto as a test fixture: a real broker in a temporary directory, on a free port of
// the loopback, with persistence, that can be stopped, killed and started again in the same place.
// A machine without mosquitto fails the test; `./dev deps` installs it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/certificates.h"
#include "support/process.h"

namespace lamppost {

class Mosquitto {
 public:
  struct Setup {
    std::string username, password;      // "": anonymous
    bool tls = false;                    // certificates() then exist
    std::string certificate = "server";  // which of them it shows
    std::vector<std::string> lines;      // more lines of mosquitto.conf
    bool started = true;                 // false: the port is chosen, nobody listens yet
  };
  Mosquitto() : Mosquitto(Setup{}) {}
  explicit Mosquitto(const Setup& setup);

  void start();  // on the same port, with what it kept; returns when it answers
  void stop();   // SIGTERM, which saves its persistence
  void kill();   // SIGKILL

  std::uint16_t port() const { return port_; }
  std::string url() const;  // mqtt://127.0.0.1:port, mqtts://localhost:port
  bool tls() const { return setup_.tls; }
  const Certificates& certificates() const { return *certificates_; }
  std::string log() const { return read_text(directory_ / "log"); }

 private:
  TempDirectory directory_;
  Setup setup_;
  std::uint16_t port_;
  std::unique_ptr<Certificates> certificates_;  // of TLS
  Process process_;
};

// What `mosquitto_pub` sends, from a process of its own.
struct Publication {
  std::string topic;
  std::string payload;
  int qos = 1;
  bool retained = false;
  int version = 5;             // or 3
  std::string content_type{};  // MQTT 5
};

// Returns when the broker has it (and has acknowledged it, for QoS 1 and 2).
void publish(const Mosquitto& broker, const Publication& publication);
// One publication per payload over one connection. Payloads carry no line ends.
void publish(const Mosquitto& broker, const std::string& topic,
             const std::vector<std::string>& payloads, int qos);

// Free a moment ago; nobody else is likely to take it soon.
std::uint16_t free_port();

}  // namespace lamppost

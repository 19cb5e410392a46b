// SPDX-License-Identifier: Apache-2.0
// CoAP in (RFC 7252, block-wise RFC 7959, discovery RFC 6690), through libcoap, on a thread of its
// own: libcoap 4.3.1 is not thread-safe. 2.04 goes out only after the reading is stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "drivers/transport.h"

namespace lamppost::coap {

// A path that some mapping wants.
struct Path {
  std::string filter;  // MQTT-style: "air/+/state", "meters/#", "weather"
  std::string title;   // template as written, for /.well-known/core
};

struct Options {
  std::string name;
  std::vector<std::string> listen;  // coap://[::]:5683, coap://127.0.0.1:0 (any free port)
  std::size_t max_payload = 1 << 20;
  std::vector<Path> paths;
};

class CoapSource {
 public:
  CoapSource(Options options, Accept accept, const Clock& clock, const Log& log);
  ~CoapSource();

  // Binds and starts the thread. Throws ConfigError when an address cannot be bound.
  void start();
  void stop();                // joins the thread
  SourceState state() const;  // thread-safe
  int port() const;           // of the first address, useful when 0 was asked for

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace lamppost::coap

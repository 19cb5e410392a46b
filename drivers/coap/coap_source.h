// SPDX-License-Identifier: Apache-2.0
// CoAP in (RFC 7252, block-wise RFC 7959, discovery RFC 6690), through libcoap, on a thread of its
// own: libcoap 4.3.1 is not thread-safe. 2.04 goes out only after the reading is stored.
//
// POST and PUT, confirmable or not, to a path that some mapping wants are readings:
//
//   2.04  stored, held or nothing to send      4.00  dead letter (reason as diagnostic payload)
//   5.03  refused, Max-Age says when to retry  4.03  turned away by configuration (reason)
//   4.04  no mapping takes the path            4.05  another method than POST or PUT
//   4.08  blocks are missing: start over       4.13  larger than max_payload (Size1 says how much)
//   4.15  Content-Format is none of text/plain, JSON, CBOR, SenML JSON, SenML CBOR
//
// A datagram that comes twice is stored once (duplicates.h). Whoever sends in blocks (Block1) may
// send up to max_payload; a single datagram holds up to 1471 bytes.
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

  friend bool operator==(const Path&, const Path&) = default;
};

struct Options {
  std::string name;
  std::vector<std::string> listen;  // coap://[::]:5683, coap://127.0.0.1:0 (any free port)
  std::size_t max_payload = 1 << 20;
  std::vector<Path> paths;

  friend bool operator==(const Options&, const Options&) = default;
};

class CoapSource {
 public:
  CoapSource(Options options, Accept accept, const Clock& clock, const Log& log);
  ~CoapSource();

  // Binds and starts the thread. Throws ConfigError when an address is malformed or cannot be
  // bound, and for coaps://, which is not available in this version.
  void start();
  // Waits for the reading that is being stored, if any, and joins the thread. What still waits in
  // the socket is dropped unanswered, so its senders keep it. start() may follow.
  void stop();
  SourceState state() const;  // thread-safe
  int port() const;           // of the first address, useful when 0 was asked for

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace lamppost::coap

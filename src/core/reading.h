// SPDX-License-Identifier: Apache-2.0
// What a transport brings in: bytes and where they came from. Nothing is decoded yet.
#pragma once

#include <cstddef>
#include <string>

#include "core/timestamp.h"

namespace lamppost {

struct Reading {
  std::string source;   // NAME of [source.NAME]
  std::string topic;    // MQTT topic, or CoAP path without the leading slash
  std::string payload;  // raw bytes
  std::string
      content_type;    // media type when the transport knows it ("application/senml+cbor"), or ""
  std::string sender;  // authenticated identity of the sender, "" when nobody is authenticated
  Timestamp arrived;   // gateway's clock when it came in
  bool retained = false;   // MQTT retained: a state from the past, sent on subscription
  bool duplicate = false;  // MQTT DUP: the broker has sent it before
  // Size in bytes before the transport cut an oversized payload down to a sample, 0 when whole.
  // Such a reading is never decoded: it becomes a dead letter with reason `too_large`.
  std::size_t cut_from = 0;
};

}  // namespace lamppost

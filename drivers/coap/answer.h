// SPDX-License-Identifier: Apache-2.0
// What goes back to the sender of a request, and how an Outcome becomes a response code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/coap/request.h"
#include "drivers/transport.h"

namespace lamppost::coap {

// RFC 7252, 12.1.2 and RFC 7959, 2.9: class in the upper three bits, detail in the lower five.
enum class Code : std::uint8_t {
  kEmpty = 0,  // no response: an empty ACK to a CON, silence to a NON
  kChanged = 0x44,
  kContent = 0x45,
  kContinue = 0x5F,
  kBadRequest = 0x80,
  kBadOption = 0x82,
  kForbidden = 0x83,
  kNotFound = 0x84,
  kMethodNotAllowed = 0x85,
  kNotAcceptable = 0x86,
  kIncomplete = 0x88,
  kTooLarge = 0x8D,
  kUnsupportedFormat = 0x8F,
  kInternalError = 0xA0,
  kUnavailable = 0xA3,
};

// "4.04"
std::string to_text(Code code);

// Options that are absent are not sent.
struct Answer {
  Code code = Code::kEmpty;
  std::string payload;  // a diagnostic for people (RFC 7252, 5.5.2) unless content_format is set
  std::optional<std::uint32_t> content_format;
  std::optional<std::uint32_t> max_age;  // seconds
  std::optional<Block> block1, block2;
  std::optional<std::uint32_t> size1, size2;
  std::string etag;
};

// A refused sender is asked to wait this long (RFC 7252, 5.9.3.4).
constexpr std::uint32_t kRetryAfterSeconds = 10;

// Longest diagnostic payload, bytes. A constrained receiver has little room, and the whole answer
// has to fit into one datagram.
constexpr std::size_t kMaxDiagnostic = 200;

// An answer with a diagnostic: cut at a code point boundary, always valid UTF-8.
Answer diagnostic(Code code, std::string_view text);

// Stored, empty and held readings are safe with us: 2.04. A dead letter says 4.00 and why, so that
// the sender does not repeat what will never be good. A refusal is 5.03 with Max-Age.
Answer answer_for(const Outcome& outcome);

}  // namespace lamppost::coap

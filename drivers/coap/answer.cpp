// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/answer.h"

#include "core/json_text.h"
#include "core/log.h"

namespace lamppost::coap {
namespace {

// The longest prefix of at most `limit` bytes that does not split a code point.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace

std::string to_text(Code code) {
  const auto bits = static_cast<unsigned>(code);
  const auto detail = std::to_string(bits & 31);
  return std::to_string(bits >> 5) + (detail.size() == 1 ? ".0" : ".") + detail;
}

Answer diagnostic(Code code, std::string_view text) {
  // A reason may quote the payload, and a payload may be anything.
  const auto readable = is_utf8(text) ? std::string(text) : printable(text, kMaxDiagnostic);
  Answer answer;
  answer.code = code;
  answer.payload = cut(readable, kMaxDiagnostic);
  return answer;
}

Answer answer_for(const Outcome& outcome) {
  switch (outcome.disposition) {
    case Disposition::kStored:
    case Disposition::kEmpty:
    case Disposition::kHeld:
      return diagnostic(Code::kChanged, "");
    case Disposition::kDead:
      return diagnostic(Code::kBadRequest, outcome.text);
    case Disposition::kRejected:
      return diagnostic(Code::kForbidden, outcome.text);
    case Disposition::kRefused:
      break;
  }
  auto answer = diagnostic(Code::kUnavailable, outcome.text);
  answer.max_age = kRetryAfterSeconds;
  return answer;
}

}  // namespace lamppost::coap

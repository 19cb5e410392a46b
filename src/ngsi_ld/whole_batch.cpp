// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/whole_batch.h"

namespace lamppost::ngsi_ld {
namespace {

std::string_view phrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

}  // namespace

std::string named(int status, std::string_view why) {
  std::string text = std::to_string(status);
  if (const auto words = phrase(status); !words.empty()) text.append(" ").append(words);
  if (!why.empty()) text.append(": ").append(why);
  return text;
}

Classification all(const Sent& sent, NextStep next, RowFate fate, std::string reason) {
  Classification result;
  result.next = next;
  RowOutcome outcome;
  outcome.fate = fate;
  outcome.status = sent.answer.status;
  if (fate != RowFate::kAccept) outcome.reason = std::to_string(sent.answer.status);
  result.rows.assign(sent.ids.size(), outcome);
  result.reason = std::move(reason);
  return result;
}

Classification accept(const Sent& sent, std::string remark) {
  return all(sent, NextStep::kContinue, RowFate::kAccept, std::move(remark));
}

Classification back_off(const Sent& sent, std::string reason) {
  return all(sent, NextStep::kBackOff, RowFate::kRetry, std::move(reason));
}

Classification pause(const Sent& sent, std::string reason) {
  return all(sent, NextStep::kPause, RowFate::kRetry, std::move(reason));
}

Classification fall_back(const Sent& sent, std::string reason) {
  return all(sent, NextStep::kFallBack, RowFate::kRetry, std::move(reason));
}

Classification singly(const Sent& sent, std::string reason) {
  return all(sent, NextStep::kSingly, RowFate::kUnknown, std::move(reason));
}

}  // namespace lamppost::ngsi_ld

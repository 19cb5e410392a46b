// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/service.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "drivers/coap/content_format.h"

namespace lamppost::coap {
namespace {

constexpr std::chrono::milliseconds kLogNotFoundEvery = std::chrono::minutes(1);

// Our own documents go out in blocks of the largest size, 1024 bytes, unless a client asks for
// less.
constexpr std::uint8_t kLargestSzx = 6;

bool is_discovery(const Request& request) {
  return request.path.size() == 2 && request.path[0] == ".well-known" && request.path[1] == "core";
}

bool is_error(Code code) { return code >= Code::kBadRequest; }

std::string etag_of(const std::string& document) {
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string>{}(document));
  return {static_cast<char>(hash >> 24), static_cast<char>(hash >> 16),
          static_cast<char>(hash >> 8), static_cast<char>(hash)};
}

// For logs: what came, with everything unprintable escaped.
std::string path_text(const Request& request) {
  std::string path;
  for (const auto segment : request.path) path += '/' + std::string(segment);
  return printable(path);
}

// One block of a document that does not change (RFC 7959, 2.4).
Answer slice(const std::string& document, Block block) {
  if (block.number > 0 && block.offset() >= document.size())
    return diagnostic(Code::kBadRequest, "no such block");
  Answer answer;
  answer.code = Code::kContent;
  answer.payload = document.substr(block.offset(), block.size());
  block.more = block.offset() + block.size() < document.size();
  answer.block2 = block;
  answer.size2 = static_cast<std::uint32_t>(document.size());
  answer.etag = etag_of(document);
  return answer;
}

}  // namespace

Service::Service(const Options& options, Accept accept, const Clock& clock, const Log& log)
    : name_(options.name),
      max_payload_(options.max_payload),
      accept_(std::move(accept)),
      clock_(clock),
      log_(log),
      paths_(options.paths),
      links_(paths_.links()),
      duplicates_(clock),
      bodies_(options.max_payload, clock) {}

std::optional<Answer> Service::handle(const Request& request) {
  const auto before = taken_.size();
  auto answer = respond(request);
  if (!request.multicast) return answer;
  if (taken_.size() > before) {
    store();
    answer = std::move(taken_.back().answer);
    taken_.pop_back();
  }
  if (answer && is_error(answer->code)) return Answer{};
  return answer;
}

std::optional<Answer> Service::respond(const Request& request) {
  if (request.unsupported_option) {
    // RFC 7252, 5.4.1: a NON with such an option is dropped in silence.
    if (!request.confirmable) return Answer{};
    return diagnostic(
        Code::kBadOption,
        "critical option " + std::to_string(*request.unsupported_option) + " is not supported");
  }
  if (is_discovery(request)) return discover(request);
  auto topic = topic_of(request.path);
  if (!topic.ok()) return not_found(request, topic.error().text);
  if (!paths_.wants(request.path)) return not_found(request, "no mapping takes this path");
  if (request.method != Method::kPost && request.method != Method::kPut)
    return diagnostic(Code::kMethodNotAllowed, "send readings with POST or PUT");

  const auto key = key_of(request);
  if (const auto* given = duplicates_.find(key)) return *given;
  const auto same = [&key](const Taken& taken) { return taken.key == key; };
  const auto original = std::find_if(taken_.begin(), taken_.end(), same);
  if (original == taken_.end()) return receive(request, std::move(*topic));
  Taken copy = *original;
  copy.copy = true;
  taken_.push_back(std::move(copy));
  return std::nullopt;
}

Answer Service::discover(const Request& request) const {
  if (request.method != Method::kGet) return diagnostic(Code::kMethodNotAllowed, "GET only");
  if (request.accept.value_or(kLinkFormat) != kLinkFormat)
    return diagnostic(Code::kNotAcceptable, "available: 40 (application/link-format)");
  const auto asked = block_of(request.block2.value_or(kLargestSzx));
  if (!asked) return diagnostic(Code::kBadRequest, "malformed Block2");
  auto answer = slice(links_, *asked);
  if (answer.code == Code::kContent) answer.content_format = kLinkFormat;
  return answer;
}

std::optional<Answer> Service::receive(const Request& request, std::string topic) {
  if (request.content_format && !media_type(*request.content_format))
    return diagnostic(Code::kUnsupportedFormat,
                      "Content-Format " + std::to_string(*request.content_format) +
                          " is not supported; supported: " + taken_formats());
  if (request.cut_off) {
    auto answer = diagnostic(Code::kTooLarge, "the datagram is too large: send it in blocks");
    answer.block1 = Block{0, true, kLargestSzx};  // RFC 7959, 2.9.3: the block size to use
    return answer;
  }
  if (request.block1) return receive_block(request, std::move(topic));
  if (std::max<std::size_t>(request.payload.size(), request.size1.value_or(0)) > max_payload_)
    return too_large();
  take(request, std::move(topic), std::string(request.payload), std::nullopt);
  return std::nullopt;
}

std::optional<Answer> Service::receive_block(const Request& request, std::string topic) {
  const auto block = block_of(*request.block1);
  if (!block) return diagnostic(Code::kBadRequest, "malformed Block1");
  auto progress = bodies_.add(request, *block, topic);
  switch (progress.step) {
    case Bodies::Step::kMalformed:
      return diagnostic(Code::kBadRequest, "the block is not as long as its Block1 says");
    case Bodies::Step::kTooLarge:
      return too_large();
    case Bodies::Step::kIncomplete:
      return diagnostic(Code::kIncomplete, "earlier blocks are missing: start with block 0");
    case Bodies::Step::kContinue: {
      auto answer = diagnostic(Code::kContinue, "");
      answer.block1 = block;
      return answer;
    }
    case Bodies::Step::kComplete:
      break;
  }
  take(request, std::move(topic), std::move(progress.body), block);
  return std::nullopt;
}

void Service::take(const Request& request, std::string topic, std::string payload,
                   const std::optional<Block>& block1) {
  Reading reading;
  reading.source = name_;
  reading.topic = std::move(topic);
  reading.payload = std::move(payload);
  if (request.content_format) reading.content_type = *media_type(*request.content_format);
  reading.arrived = clock_.now();
  Taken taken;
  taken.key = key_of(request);
  taken.confirmable = request.confirmable;
  taken.block1 = block1;
  taken.reading = readings_.size();
  taken.answer.code = Code::kInternalError;
  readings_.push_back(std::move(reading));
  taken_.push_back(std::move(taken));
}

std::vector<Answer> Service::settle() {
  if (!readings_.empty()) store();
  std::vector<Answer> answers;
  answers.reserve(taken_.size());
  for (auto& taken : taken_) answers.push_back(std::move(taken.answer));
  taken_.clear();
  return answers;
}

void Service::store() {
  const auto readings = std::exchange(readings_, {});
  try {
    const auto outcomes = accept_(readings);
    for (auto& taken : taken_)
      if (!std::exchange(taken.stored, true)) conclude(taken, outcomes[taken.reading]);
  } catch (const std::exception& failure) {
    log_.error("coap source \"" + name_ + "\": readings failed, answering 5.00: " + failure.what());
  }
}

void Service::conclude(Taken& taken, const Outcome& outcome) {
  taken.answer = answer_for(outcome);
  if (taken.answer.code == Code::kChanged) taken.answer.block1 = taken.block1;
  if (taken.copy) return;
  if (outcome.disposition == Disposition::kRefused)
    ++refused_;
  else
    duplicates_.remember(taken.key, taken.answer,
                         taken.confirmable ? kExchangeLifetime : kNonLifetime);
}

Answer Service::not_found(const Request& request, const std::string& why) {
  const auto now = clock_.monotonic();
  if (not_found_logged_ && now - *not_found_logged_ < kLogNotFoundEvery) {
    ++not_found_since_;
  } else {
    const auto more = not_found_since_ == 0 ? std::string()
                                            : "; " + std::to_string(not_found_since_) +
                                                  " more since the last such line";
    log_.notice("coap source \"" + name_ + "\": " + path_text(request) + ": " + why +
                ", answering 4.04" + more);
    not_found_logged_ = now;
    not_found_since_ = 0;
  }
  return diagnostic(Code::kNotFound, why);
}

Answer Service::too_large() const {
  auto answer =
      diagnostic(Code::kTooLarge, "at most " + std::to_string(max_payload_) + " bytes are taken");
  answer.size1 = static_cast<std::uint32_t>(std::min<std::size_t>(max_payload_, UINT32_MAX));
  return answer;
}

}  // namespace lamppost::coap

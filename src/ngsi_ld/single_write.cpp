// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/single_write.h"

#include "core/ascii.h"
#include "core/json.h"
#include "ngsi_ld/batch_report.h"
#include "ngsi_ld/problem_fate.h"
#include "ngsi_ld/whole_batch.h"

namespace lamppost::ngsi_ld {
namespace {

constexpr int kMostRequests = 4;

bool says_unknown_entity(const Answer& answer) {
  return answer.status == 404 && read_report(answer.body).problem.type == "ResourceNotFound";
}

// 5.2.18, UpdateResult: {"updated":[..],"notUpdated":[{"attributeName","reason"},..]}. What was not
// updated, in the broker's words, "" for nothing; nullopt when the body is something else.
std::optional<std::string> not_updated(const std::string& body) {
  if (read_report(body).form != BodyForm::kOther) return std::nullopt;  // bounded before parsing
  const Json result = Json::parse(body, nullptr, false);
  if (!result.is_object()) return std::nullopt;
  const auto list = result.find("notUpdated");
  if (list == result.end() && !result.contains("updated")) return std::nullopt;
  if (list == result.end() || !list->is_array() || list->empty()) return "";
  return list->dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, kMaxWords);
}

// The other attributes are stored: nothing would come of sending the entity once more.
Classification partly(const Sent& sent, const std::string& words) {
  Problem problem;
  problem.status = sent.answer.status;
  problem.type = "notUpdated";
  problem.detail = problem.words = words;
  Classification result;
  result.rows = {fate_of(problem)};
  return result;
}

}  // namespace

Request SingleWrite::request() const {
  if (create_) return create_request(payload_);
  return mode_ == WriteMode::kAppend ? append_request(id_, payload_) : merge_request(id_, payload_);
}

bool SingleWrite::goes_on(const Answer& answer) {
  if (answer.transport != Transport::kAnswered || sent_ >= kMostRequests) return false;
  const bool missing = !create_ && !exists_ && says_unknown_entity(answer);
  const bool there = create_ && answer.status == 409;
  if (!missing && !there) return false;
  create_ = missing;
  exists_ = there;
  ++sent_;
  return true;
}

Classification SingleWrite::classify(const Answer& answer, std::size_t bytes) const {
  const Sent sent{answer, {&id_, 1}, bytes};
  if (answer.transport == Transport::kAnswered && answer.status == 207)
    if (const auto words = not_updated(answer.body))
      return words->empty() ? accept(sent) : partly(sent, *words);
  // diwise answers 404 to whoever may not change what is there.
  if (exists_ && says_unknown_entity(answer))
    return pause(sent, named(404, "the broker hides an entity that it has: no right to change it"));
  return ngsi_ld::classify(answer, sent.ids, bytes);
}

// Orion-LD's history is called TRoE; a "Stroemung" is none.
bool speaks_of_troe(const std::string& text) {
  constexpr std::string_view kWord = "troe";
  const auto letter = [&text](std::size_t at) {
    return at < text.size() && text[at] >= 'a' && text[at] <= 'z';
  };
  for (auto at = text.find(kWord); at != text.npos; at = text.find(kWord, at + 1))
    if (!letter(at - 1) && !letter(at + kWord.size())) return true;
  return false;
}

Classification classify_temporal(const Answer& answer, const std::string& id, std::size_t bytes) {
  const Sent sent{answer, {&id, 1}, bytes};
  auto result = ngsi_ld::classify(answer, sent.ids, bytes);
  if (answer.transport != Transport::kAnswered) return result;
  const auto problem = read_report(answer.body).problem;
  const bool off = speaks_of_troe(to_lower(problem.title + ' ' + problem.detail));
  const bool refused = off || answer.status == 422 || result.next == NextStep::kFallBack;
  return refused ? fall_back(sent, named(answer.status, "no history to write to")) : result;
}

}  // namespace lamppost::ngsi_ld

// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/problem_fate.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "core/ascii.h"

namespace lamppost::ngsi_ld {
namespace {

constexpr std::size_t kSqlstateLength = 5;
constexpr int kHintTries = 20;  // a transient word inside a 4xx is a hint, not a proof

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return text.find(word) != std::string_view::npos; });
}

bool is_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool looks_like_sqlstate(std::string_view text) {
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return text.size() == kSqlstateLength && (digit(text[0]) || text.starts_with("XX")) &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return digit(c) || (c >= 'A' && c <= 'Z'); });
}

// PostgreSQL's error code: the whole text ("40P01", Scorpio), in brackets ("[08006] I/O error",
// Stellio) or in parentheses ("missing FROM-clause (42P01)"). A bare number inside a sentence is
// more likely a value, so it does not count. "" when there is none.
std::string_view sqlstate(std::string_view text) {
  if (looks_like_sqlstate(text)) return text;
  for (std::size_t i = 0; i + kSqlstateLength + 1 < text.size(); ++i) {
    const char close = text[i + kSqlstateLength + 1];
    const bool enclosed = (text[i] == '[' && close == ']') || (text[i] == '(' && close == ')');
    const auto code = text.substr(i + 1, kSqlstateLength);
    if (enclosed && looks_like_sqlstate(code)) return code;
  }
  return {};
}

std::string_view sqlstate(const Problem& problem) {
  const auto code = sqlstate(std::string_view(problem.detail));
  return code.empty() ? sqlstate(std::string_view(problem.title)) : code;
}

// Connection, rollback, resources, shutdown, operator: the classes that pass by themselves.
bool transient_class(std::string_view code) {
  return is_any(code.substr(0, 2), {"08", "40", "53", "55", "57", "58"});
}

bool transient_status(int status) {
  return is_any(std::to_string(status), {"408", "425", "429"}) || (status >= 500 && status != 501);
}

bool transient_words(const Problem& problem) {
  return contains_any(
      to_lower(problem.title + ' ' + problem.detail),
      {"deadlock", "could not serialize", "timed out", "timeout", "too many clients", "rollback",
       "e11000", "connection refused", "connection reset", "connection closed", "cannot connect"});
}

RowOutcome retry(Pace pace, int tries = 0, RowFate in_the_end = RowFate::kRetry) {
  RowOutcome outcome;
  outcome.pace = pace;
  outcome.tries = tries;
  outcome.in_the_end = in_the_end;
  return outcome;
}

RowOutcome dead() {
  RowOutcome outcome;
  outcome.fate = RowFate::kDead;
  return outcome;
}

RowOutcome judge(const Problem& problem) {
  const auto code = sqlstate(problem);
  if (context_unavailable(problem) || config_fault(problem)) return retry(Pace::kSlow);
  if (problem.remote) return retry(Pace::kNormal, 3, RowFate::kAccept);
  if (problem.type == "AlreadyExists" || problem.status == 409 || code == "23505")
    return retry(Pace::kAtOnce, kHintTries, RowFate::kDead);
  if (code.starts_with("42") || code.starts_with("XX"))
    return retry(Pace::kSlow, kHintTries, RowFate::kDead);
  if (!code.empty()) return transient_class(code) ? retry(Pace::kNormal) : dead();
  if (transient_status(problem.status) ||
      is_any(problem.type, {"InternalError", "GatewayTimeout", "BadGateway"}))
    return retry(Pace::kNormal);
  if (transient_words(problem)) return retry(Pace::kNormal, kHintTries, RowFate::kDead);
  // Orion-LD reports a database failure as 400 with an empty title.
  if (problem.status == 400 && problem.blank_title) return retry(Pace::kNormal, 5, RowFate::kDead);
  return dead();
}

}  // namespace

bool context_unavailable(const Problem& problem) { return problem.type == "LdContextNotAvailable"; }

std::optional<std::string> config_fault(const Problem& problem) {
  if (is_any(problem.type, {"NonexistentTenant", "NonExistingTenant", "NoMultiTenantSupport"}) ||
      contains_any(to_lower(problem.title), {"tenant"}))
    return "the broker does not know this tenant";
  if (is_any(problem.type, {"AccessDenied", "MissingAuthenticationToken",
                            "ExpiredAuthenticationToken", "InvalidRole"}))
    return "the broker denies access";
  // We never put an @context into the body, so such a complaint is about the one in Link.
  if (problem.status == 400 &&
      contains_any(to_lower(problem.title + ' ' + problem.detail), {"@context"}))
    return "the broker cannot use the @context";
  return std::nullopt;
}

std::optional<std::string> operation_fault(const Problem& problem) {
  const auto code = sqlstate(problem);
  if (code.starts_with("42") || code.starts_with("XX"))
    return "the broker's own database statement is wrong";
  if (is_any(problem.type, {"OperationNotSupported", "NotImplemented"}))
    return "the broker does not have this operation";
  return std::nullopt;
}

bool sounds_too_large(const Problem& problem) {
  return contains_any(
      to_lower(problem.title + ' ' + problem.detail + ' ' + problem.words),
      {"size", "buffer", "limit", "exceed", "too large", "cannot deserialize", "payload missing"});
}

RowOutcome fate_of(const Problem& problem) {
  RowOutcome outcome = judge(problem);
  outcome.status = problem.status;
  outcome.title = problem.title;
  outcome.words = problem.words;
  if (!problem.type.empty() && problem.type.size() <= 64)
    outcome.reason = problem.type;
  else
    outcome.reason = problem.status > 0 ? std::to_string(problem.status) : "refused";
  return outcome;
}

}  // namespace lamppost::ngsi_ld

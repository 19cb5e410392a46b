// SPDX-License-Identifier: Apache-2.0
// What a broker's answer to a write means, as one pure function. Brokers disagree about
// everything after the request line, so status, body form and wording are all looked at.
// Clauses: ETSI GS CIM 009 V1.9.1, 5.2.17, 5.6.8, 6.3.2, 6.15.3.1.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lamppost::ngsi_ld {

enum class Transport {
  kAnswered,   // a complete HTTP answer came back
  kNotSent,    // no connection, DNS, TLS: the broker saw nothing
  kAmbiguous,  // sent, but no complete answer: the broker may or may not have stored it
};

struct Answer {
  Transport transport = Transport::kAnswered;
  int status = 0;
  std::string body;                                 // cut at the client's bound
  std::optional<std::chrono::seconds> retry_after;  // parsed, clamped to [1 s, 1 h]
  std::string location;                             // of a redirect that was not followed
  std::string fault;                                // transport error in words
};

enum class RowFate {
  kAccept,   // stored by the broker
  kRetry,    // refused or lost for now: keep the row, send it again at its pace
  kDead,     // never acceptable: dead letter
  kUnknown,  // the answer does not say: NextStep tells how to find out
};

// How soon a kRetry row may be sent again.
enum class Pace {
  kAtOnce,  // a creation race: the next try normally succeeds
  kNormal,
  kSlow,  // the broker cannot load the @context: minutes, not seconds
};

struct RowOutcome {
  RowFate fate = RowFate::kRetry;
  std::string reason;  // word for metrics, "" when accepted
  std::string title;   // of the problem, for telling kinds of refusals apart
  std::string words;   // the broker's own words, at most 8 KiB
  int status = 0;      // HTTP status that the answer gives this row
  // Of a retry: its pace, and what becomes of the row after `tries` of them (0 = never give up).
  Pace pace = Pace::kNormal;
  int tries = 0;
  RowFate in_the_end = RowFate::kRetry;
};

enum class NextStep {
  kContinue,    // send the next batch
  kBackOff,     // the destination has trouble: wait, then the same rows again
  kSplit,       // send the unknown rows again in halves to find the culprit
  kSingly,      // the answer says nothing useful: send each unknown row alone, once
  kPause,       // configuration or credentials: keep all, tell the operator, probe now and then
  kFallBack,    // the broker does not have this way of writing: the same rows in another
  kRenewToken,  // the credentials ran out: renew them once, then as kPause
};

struct Classification {
  NextStep next = NextStep::kContinue;
  std::vector<RowOutcome> rows;  // one for each id sent, same order
  std::string reason;            // of the next step, for log and status: "503 Service Unavailable"
  bool too_large = false;        // a body of this size is more than the broker takes
  // The broker may have stumbled over a single row rather than be in trouble itself, so a lone row
  // is held back to let others be tried (500, lost answers).
  bool suspicious = false;
};

// How much the answers of a broker say (config: `answers`).
enum class Answers {
  kFull,      // what was stored and what was not
  kFailures,  // only what was not: an entity that is not named was stored (Cassiopeia)
  kStatus,    // nothing beside the status: every 2xx means stored (FogFlow)
};

inline constexpr std::size_t kMaxWords = std::size_t{8} << 10;

// `ids`: entity ids of the batch in the order sent, each once. `bytes`: size of the request body.
Classification classify(const Answer& answer, std::span<const std::string> ids, std::size_t bytes,
                        Answers answers = Answers::kFull);

}  // namespace lamppost::ngsi_ld

// SPDX-License-Identifier: Apache-2.0
// What a broker's answer to a batch upsert means, as one pure function. Brokers disagree about
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
  std::string fault;                                // transport error in words
};

enum class RowFate { kAccept, kRetry, kDead };

struct RowOutcome {
  RowFate fate = RowFate::kRetry;
  std::string reason;  // word for metrics, "" when accepted
  std::string words;   // the broker's own words, at most 8 KiB
};

enum class NextStep {
  kContinue,  // send the next batch
  kBackOff,   // the destination has trouble: wait, then the same rows again
  kSplit,     // the whole batch was refused: send halves to find the culprit
  kSingly,    // the answer says nothing useful: send each row alone
  kPause,  // configuration or credentials: keep everything, tell the operator, probe now and then
  kRenewToken,
};

struct Classification {
  NextStep next = NextStep::kContinue;
  std::vector<RowOutcome> rows;  // one for each id sent, same order
  std::string reason;            // of the next step, for log and status
};

// `ids`: entity ids of the batch in the order sent, each once. `bytes`: size of the request body.
Classification classify(const Answer& answer, std::span<const std::string> ids, std::size_t bytes);

}  // namespace lamppost::ngsi_ld

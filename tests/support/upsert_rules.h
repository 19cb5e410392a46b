// SPDX-License-Identifier: Apache-2.0
// What brokers demand of a write, collected from all of them: the strictest reading of every
// rule. Used by FakeBroker to refuse, and by tests to see what was wrong.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/json.h"

namespace lamppost {

struct SeenRequest {
  std::string method, target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int connection = 0;  // counts from 1

  std::vector<std::string> all(const std::string& name) const;  // values, name in any case
  std::string header(const std::string& name) const;            // the first, or ""
};

struct Breach {
  int status = 400;
  std::string text;
};

// Of the request as a whole: verb and target, headers, form of the body, ids unique and sorted. It
// is a batch upsert, or one of the operations on a single entity.
std::vector<Breach> breaches_of(const SeenRequest& request);

// Of one entity; "" when it is sound (ETSI GS CIM 009, 4.5 and 4.6).
std::string flaw_of(const Json& entity);
// Of the body of POST temporal/entities: every attribute a list of instances with observedAt.
std::string flaw_of_history(const Json& entity);

// The id in ".../entities/{id}" or ".../entities/{id}/attrs", decoded; "" when there is none.
std::string id_in(const std::string& target);

}  // namespace lamppost

// SPDX-License-Identifier: Apache-2.0
// The memory and the manners of a broker: keeps entities, and answers a batch upsert the way a
// given product does (brokers seen live, or read in source).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/json.h"

namespace lamppost {

enum class Profile {
  kSpec,        // ETSI GS CIM 009: 201 with created ids, 204, 207
  kOrionLd,     // default mode: mixed created and updated is a 207 without errors
  kScorpio,     // other member names; when all fail, 400 with the list, or 503 when it says 503
  kCassiopeia,  // one bad entity refuses the whole batch
  kStellio,     // 207 also when nothing succeeded; unique ids only
  kFogFlow,     // always 200 and nothing else
  kDiwise,      // knows no batch, only single entities; merges
};

struct Answered {
  int status = 204;
  std::string body;
};

class EntityStore {
 public:
  explicit EntityStore(Profile profile) : profile_(profile) {}

  // An id that fails validation, whatever it carries.
  void refuse(const std::string& id) { refused_.insert(id); }
  // Stores what can be stored. `body` is an array.
  Answered upsert(const Json& body);
  // POST entities: 201, or 409 when it is there.
  Answered create(const Json& entity);
  // POST entities/{id}/attrs and PATCH entities/{id}: 204, or 404 when it is not there.
  Answered change(const std::string& id, Json fragment);
  // POST temporal/entities: 201, later 204; 503 where Orion-LD runs without its history.
  Answered add_history(const Json& entity);

  const std::map<std::string, Json>& entities() const { return entities_; }
  // Every accepted entity in order of arrival, as received.
  const std::vector<Json>& history() const { return history_; }
  void forget_history() {
    history_.clear();
    late_.clear();
  }
  Json as_array() const;
  // What came to temporal/entities.
  const std::vector<Json>& late() const { return late_; }

 private:
  struct Outcome {
    std::vector<std::string> created, updated;
    std::vector<std::pair<std::string, std::string>> failed;  // id, why
  };
  std::string flaw(const Json& entity) const;
  void store(const Json& entity, Outcome& outcome);
  Answered answer(const Outcome& outcome) const;
  Answered whole_refusal(const Json& body) const;

  Profile profile_;
  std::set<std::string> refused_;
  std::map<std::string, Json> entities_;
  std::vector<Json> history_, late_;
};

}  // namespace lamppost

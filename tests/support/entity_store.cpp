// SPDX-License-Identifier: Apache-2.0
#include "support/entity_store.h"

#include "support/upsert_rules.h"

namespace lamppost {
namespace {

Json problem(const std::string& type, int status, const std::string& detail) {
  return {{"type", "https://uri.etsi.org/ngsi-ld/errors/" + type},
          {"title", "Entity is refused"},
          {"detail", detail},
          {"status", status}};
}

Json problem(const std::string& detail) { return problem("BadRequestData", 400, detail); }

Answered refusal(const std::string& type, int status) {
  return {status, problem(type, status, "one entity").dump()};
}

std::string id_of(const Json& entity) {
  if (!entity.is_object() || !entity.contains("id")) return "No Entity::id";
  return entity["id"].is_string() ? entity["id"].get<std::string>() : "Invalid entity::id";
}

Json errors_of(Profile profile, const std::vector<std::pair<std::string, std::string>>& failed) {
  Json errors = Json::array();
  for (const auto& [id, why] : failed) {
    if (profile == Profile::kScorpio)
      errors.push_back({{"type", "Upsert"}, {"id", id}, {"ProblemDetails", problem(why)}});
    else
      errors.push_back({{"entityId", id}, {"error", problem(why)}});
  }
  return errors;
}

}  // namespace

std::string EntityStore::flaw(const Json& entity) const {
  if (auto found = flaw_of(entity); !found.empty()) return found;
  return refused_.contains(id_of(entity)) ? "this entity is not welcome" : "";
}

// options=update: attributes that come replace those that are there, the others stay.
void EntityStore::store(const Json& entity, Outcome& outcome) {
  const auto id = id_of(entity);
  const auto [at, created] = entities_.emplace(id, entity);
  if (!created)
    for (const auto& [name, value] : entity.items()) at->second[name] = value;
  (created ? outcome.created : outcome.updated).push_back(id);
  history_.push_back(entity);
}

Answered EntityStore::whole_refusal(const Json& body) const {
  for (const auto& entity : body)
    if (auto found = flaw(entity); !found.empty()) return {400, problem(found).dump()};
  return {204, ""};
}

Answered EntityStore::upsert(const Json& body) {
  if (profile_ == Profile::kCassiopeia)
    if (auto refusal = whole_refusal(body); refusal.status == 400) return refusal;
  Outcome outcome;
  for (const auto& entity : body) {
    if (auto found = flaw(entity); found.empty())
      store(entity, outcome);
    else
      outcome.failed.emplace_back(id_of(entity), found);
  }
  return answer(outcome);
}

Answered EntityStore::answer(const Outcome& outcome) const {
  if (profile_ == Profile::kFogFlow) return {200, ""};
  std::vector<std::string> stored = outcome.created;
  stored.insert(stored.end(), outcome.updated.begin(), outcome.updated.end());
  const Json errors = errors_of(profile_, outcome.failed);
  if (profile_ == Profile::kScorpio && stored.empty()) {
    const std::string body = Json{{"errors", errors}}.dump();
    return {body.find("503") == std::string::npos ? 400 : 503, body};
  }
  const bool mixed = !outcome.created.empty() && !outcome.updated.empty();
  if (!outcome.failed.empty() || (profile_ == Profile::kOrionLd && mixed))
    return {207, Json{{"success", stored}, {"errors", errors}}.dump()};
  if (outcome.created.empty()) return {204, ""};
  return {201, Json(outcome.created).dump()};
}

Answered EntityStore::create(const Json& entity) {
  if (auto found = flaw(entity); !found.empty()) return {400, problem(found).dump()};
  if (entities_.contains(id_of(entity))) return refusal("AlreadyExists", 409);
  Outcome outcome;
  store(entity, outcome);
  return {201, ""};
}

Answered EntityStore::change(const std::string& id, Json fragment) {
  const auto known = entities_.find(id);
  if (known == entities_.end()) return refusal("ResourceNotFound", 404);
  fragment["id"] = id;
  fragment["type"] = known->second["type"];
  if (auto found = flaw(fragment); !found.empty()) return {400, problem(found).dump()};
  Outcome outcome;
  store(fragment, outcome);
  return {204, ""};
}

Answered EntityStore::add_history(const Json& entity) {
  if (profile_ == Profile::kOrionLd)
    return {503, R"({"type":"https://uri.etsi.org/ngsi-ld/errors/InternalError",)"
                 R"("title":"TRoE Not Enabled","status":503})"};
  if (profile_ != Profile::kStellio && profile_ != Profile::kSpec) return {405, ""};
  if (auto found = flaw_of_history(entity); !found.empty()) return {400, problem(found).dump()};
  late_.push_back(entity);
  return {201, ""};
}

Json EntityStore::as_array() const {
  Json all = Json::array();
  for (const auto& [id, entity] : entities_) all.push_back(entity);
  return all;
}

}  // namespace lamppost

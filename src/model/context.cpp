// SPDX-License-Identifier: Apache-2.0
#include "model/context.h"

#include <map>
#include <set>

namespace lamppost::model {
namespace {

// What every chosen model says of each term.
struct Meanings {
  std::map<std::string, Json> of_type;  // type -> {term: IRI}
  std::map<std::string, std::set<Json>> of_term;
};

void add(const EntityModel& model, const Json& terms, Meanings& meanings,
         std::vector<std::string>& unknown) {
  Json& own = meanings.of_type[model.type] = Json::object();
  for (const auto& attribute : model.attributes) {
    const auto known = terms.find(attribute.name);
    if (known == terms.end()) {
      unknown.push_back(model.type + "." + attribute.name);
      continue;
    }
    own[attribute.name] = *known;
    meanings.of_term[attribute.name].insert(*known);
  }
}

}  // namespace

CompositeContext compose_context(const std::vector<const EntityModel*>& models,
                                 const std::function<Json(const std::string&)>& terms) {
  CompositeContext result;
  Meanings meanings;
  Json context = Json::object();
  for (const auto* model : models) {
    const Json subject = terms(model->subject);
    add(*model, subject, meanings, result.unknown);
    if (const auto iri = subject.find(model->type); iri != subject.end())
      context[model->type] = *iri;
    else
      result.unknown.push_back(model->type);
  }
  for (const auto& [term, iris] : meanings.of_term) {
    if (iris.size() == 1)
      context[term] = *iris.begin();
    else
      result.ambiguous.push_back(term);
  }
  for (const auto& [type, own] : meanings.of_type) {
    Json scoped = Json::object();
    for (const auto& [term, iri] : own.items())
      if (meanings.of_term[term].size() > 1) scoped[term] = iri;
    if (!scoped.empty() && context.contains(type))
      context[type] = {{"@id", context[type]}, {"@context", std::move(scoped)}};
  }
  result.context = {{"@context", std::move(context)}};
  return result;
}

}  // namespace lamppost::model

// SPDX-License-Identifier: Apache-2.0
// One JSON-LD @context for models of several subjects (JSON-LD 1.1, 4.1.9: type-scoped contexts).
// The subjects give one term different IRIs: `temperature` of the weather is not that of the air.
// A term that means the same in all chosen models stands in the open, any other inside its type.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "model/catalogue.h"

namespace lamppost::model {

struct CompositeContext {
  Json context;                        // {"@context": {...}}
  std::vector<std::string> unknown;    // "Type.term" whose IRI nobody stated: left out
  std::vector<std::string> ambiguous;  // terms that stand inside types
};

// `terms` of a subject, the value of its "@context"; an empty object when it is not at hand.
CompositeContext compose_context(const std::vector<const EntityModel*>& models,
                                 const std::function<Json(const std::string& subject)>& terms);

}  // namespace lamppost::model

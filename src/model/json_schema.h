// SPDX-License-Identifier: Apache-2.0
// Models as JSON Schema (draft 2020-12), for editors and for whoever wants to check entities
// without Lamppost. The schemas describe the key-values form: what the published ones describe.
#pragma once

#include <vector>

#include "core/json.h"
#include "model/catalogue.h"

namespace lamppost::model {

// One entity type. Unknown attributes are refused, unlike by the published schema.
Json to_json_schema(const EntityModel& model);

// Any of several types, told apart by `type`.
Json to_json_schema(const std::vector<const EntityModel*>& models);

}  // namespace lamppost::model

// SPDX-License-Identifier: Apache-2.0
// Which values a schema without references lets pass, in the terms of a model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/catalogue.h"
#include "model/schema_refs.h"

namespace lamppost::model {

// The fields of AttributeModel with the same names.
struct Shape {
  JsonType type = JsonType::kAny;
  JsonType item = JsonType::kAny;
  std::optional<double> min, max;
  std::vector<double> also;
  std::vector<std::string> values;
  std::vector<std::string> unchecked;  // what the schema asks beyond a model, as sentences
};

Shape shape_of(const SchemaJson& schema);

}  // namespace lamppost::model

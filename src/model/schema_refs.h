// SPDX-License-Identifier: Apache-2.0
// JSON Schema documents as the Smart Data Models publish them, with their references followed
// offline: https://json-schema.org/draft/2020-12/json-schema-core, 8.2.3. Members keep the order of
// the file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

#include <nlohmann/json.hpp>

namespace lamppost::model {

using SchemaJson = nlohmann::ordered_json;

inline constexpr std::size_t kMaxSchemaBytes = std::size_t{2} << 20;

// At most kMaxSchemaBytes, 64 levels and 20,000 members. The pointer of the Error is the byte at
// fault as a decimal number, "" when there is none.
Result<SchemaJson> parse_schema(std::string_view text);

// The document behind a URL without its fragment, nullptr when it is not at hand. It must outlive
// expand().
using SchemaSource = std::function<const SchemaJson*(const std::string& url)>;

struct Expanded {
  SchemaJson schema;
  std::vector<std::string> missing;  // references whose target is not at hand; left out
};

// The schema with every $ref replaced by its target; members beside a $ref win over those of the
// target. An Error when references go in a circle, or grow beyond 100,000 values.
Result<Expanded> expand(const SchemaJson& schema, const SchemaSource& source);

}  // namespace lamppost::model

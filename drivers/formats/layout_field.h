// SPDX-License-Identifier: Apache-2.0
// One field of a layout, from text to plan.
#pragma once

#include "drivers/formats/layout.h"
#include "drivers/formats/layout_node.h"

namespace lamppost::formats {

inline constexpr std::int64_t kMaxOffset = 65'535;  // bytes

const std::vector<std::string_view>& field_keys();

// What the fields of one layout share.
struct FieldContext {
  bool big_endian = true;
  std::optional<Node> maps;  // [maps]: tables that a field may name as its `map`
};

// `next` is the byte behind the field before. All of them throw OptionError.
Field read_field(const Node& node, std::size_t next, const FieldContext& context);
std::vector<Condition> read_conditions(const Node& node);

// The byte behind the field.
std::size_t end_of(const Field& field);

}  // namespace lamppost::formats

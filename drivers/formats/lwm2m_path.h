// SPDX-License-Identifier: Apache-2.0
// Where a value of LightweightM2M lies: object, object instance, resource, resource instance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/timestamp.h"

namespace lamppost::formats {

using Lwm2mPath = std::vector<std::uint16_t>;  // 1 to 4 identifiers

inline constexpr std::size_t kMaxLwm2mEntries = 10'000;  // of one payload

struct Lwm2mEntry {
  Lwm2mPath path;         // of a resource or a resource instance
  Json value;             // null for a real that is none; text "0x0ab1" for bytes of no known type
  std::string unit = "";  // Rec 20, when the record says one
  std::optional<Timestamp> at = std::nullopt;  // when the record says one
};

std::string to_text(const Lwm2mPath& path);  // "/3303/0/5700"

std::optional<std::uint16_t> lwm2m_id(std::string_view text);

// "/3303/0/5700", with or without the slash in front; nullopt for anything else.
std::optional<Lwm2mPath> parse_lwm2m_path(std::string_view text);

// The numbers that end a topic, four at most; empty when there are none.
Lwm2mPath path_at_end(std::string_view topic);

}  // namespace lamppost::formats

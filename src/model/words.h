// SPDX-License-Identifier: Apache-2.0
// How kinds, types and fills are written in a model file, for reading and writing alike.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "model/catalogue.h"

namespace lamppost::model {

template <typename T>
using Words = std::span<const std::pair<const char*, T>>;

inline constexpr std::pair<const char*, AttributeKind> kKinds[] = {
    {"Property", AttributeKind::kProperty},
    {"Relationship", AttributeKind::kRelationship},
    {"GeoProperty", AttributeKind::kGeoProperty},
};
inline constexpr std::pair<const char*, JsonType> kTypes[] = {
    {"number", JsonType::kNumber},   {"integer", JsonType::kInteger},
    {"string", JsonType::kString},   {"uri", JsonType::kUri},
    {"boolean", JsonType::kBoolean}, {"object", JsonType::kObject},
    {"array", JsonType::kArray},     {"date_time", JsonType::kDateTime},
    {"any", JsonType::kAny},
};
inline constexpr std::pair<const char*, Fill> kFills[] = {
    {"observed_at", Fill::kObservedAt},
    {"period_start", Fill::kPeriodStart},
    {"period_end", Fill::kPeriodEnd},
};

// "" for a value without a word: Fill::kNone.
template <typename T>
std::string_view word_for(T value, Words<T> words) {
  for (const auto& [word, meant] : words)
    if (meant == value) return word;
  return "";
}
inline std::string_view word_for(AttributeKind kind) {
  return word_for(kind, Words<AttributeKind>(kKinds));
}
inline std::string_view word_for(JsonType type) { return word_for(type, Words<JsonType>(kTypes)); }
inline std::string_view word_for(Fill fill) { return word_for(fill, Words<Fill>(kFills)); }

}  // namespace lamppost::model

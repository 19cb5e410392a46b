// SPDX-License-Identifier: Apache-2.0
// The ways of writing an entity that a broker may have, and what each sends.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/batch.h"

namespace lamppost::ngsi_ld {

enum class WriteMode {
  kUpdate,   // POST entityOperations/upsert?options=update, many entities at once
  kReplace,  // POST entityOperations/upsert: what is not sent is gone
  kAppend,   // one entity at a time: POST entities/{id}/attrs, POST entities for a new one
  kMerge,    // one entity at a time: PATCH entities/{id}, POST entities for a new one
};

inline constexpr bool one_by_one(WriteMode mode) {
  return mode == WriteMode::kAppend || mode == WriteMode::kMerge;
}

// "update", "replace", "append", "merge", as in the configuration.
std::optional<WriteMode> write_mode(std::string_view word);
std::string_view word_for(WriteMode mode);
// For log and status: "POST /entities/{id}/attrs".
std::string_view described(WriteMode mode);

// What a request is beside its header.
struct Request {
  std::string_view method;
  std::string target;  // from /ngsi-ld/v1 on
  std::string body;
};

// Target of a batch of entities; the mode is not one of one_by_one().
std::string_view batch_target(WriteMode mode);

// The body of a batch: the rows' payloads as an array.
std::string batch_body(std::span<const BatchRow> rows);

// Operations on one entity. `payload`: the entity as to_json() writes it.
Request append_request(std::string_view id, std::string_view payload);
Request merge_request(std::string_view id, std::string_view payload);
Request create_request(std::string_view payload);
// POST temporal/entities: every attribute as a list of one instance. Attributes without observedAt
// stay out, Stellio refuses the entity for them. nullopt when nothing is left.
std::optional<Request> temporal_request(std::string_view payload);

}  // namespace lamppost::ngsi_ld

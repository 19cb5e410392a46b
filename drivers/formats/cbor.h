// SPDX-License-Identifier: Apache-2.0
// CBOR (RFC 8949) to JSON, bounded against hostile bytes: a length costs nothing until its bytes
// are there.
//
//   integers            integers; beyond 64 bits signed, reals
//   16, 32, 64-bit real reals; NaN and infinity, which JSON lacks, become null: "no value"
//   text                text, has to be UTF-8       bytes   base64url text without padding
//   map keys            text; integers as decimal text, bytes as base64url; repeated: refused
//   tag 4               decimal fraction: its number   tags 2, 3, 5   refused: big numbers
//   other tags          the value they are put on (0 and 1: a time, as it was written)
//   undefined           null
#pragma once

#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace lamppost::formats {

inline constexpr int kMaxCborDepth = 64;  // arrays, maps and tags within each other

// One item and nothing after it. Error texts give the byte where reading stopped, from 0.
Result<Json> cbor_to_json(std::string_view bytes);

// "application/cbor", "application/senml+cbor", ...
bool is_cbor(std::string_view content_type);

}  // namespace lamppost::formats

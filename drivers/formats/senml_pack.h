// SPDX-License-Identifier: Apache-2.0
// SenML (RFC 8428): a pack of records, resolved (section 4.6). Base fields hold from the record
// they stand in until the next of their kind.
//
//   label  bver bn bt bu bv bs   n u v vs vb s t ut vd
//   CBOR    -1  -2 -3 -4 -5 -6   0 1 2  3  4 5 6  7  8
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/timestamp.h"

namespace lamppost::formats {

inline constexpr std::size_t kMaxRecords = 10'000;
inline constexpr std::size_t kMaxSenmlName = 1024;  // base name and name together, bytes

// A record with a value or a sum. Texts are views into the pack.
struct SenmlRecord {
  std::string_view base_name;
  std::string_view name;      // the full name is base_name + name
  std::string_view unit;      // as SenML writes it
  std::optional<Json> value;  // v plus bv, vs, vb, or vd as base64url
  std::optional<double> sum;  // s plus bs
  Timestamp at;               // absolute
  bool now = false;           // the record said "now": `at` is when it arrived
};

enum class SenmlLabels { kJson, kCbor };

// Records in chronological order, those of one time in pack order. `arrived` is what times below
// 2^28 s are relative to. Refuses versions above 10, must-understand labels ("..._") it does not
// know, fields of a wrong type, bad names, and records with no value or more than one.
Result<std::vector<SenmlRecord>> resolve(const Json& pack, SenmlLabels labels, Timestamp arrived);

// Characters of SenML names (section 4.5.1). A leading "/" is accepted too, because LwM2M (OMA
// TS-LightweightM2M 1.1, 7.4.4) names its resources that way.
bool is_senml_name(std::string_view first_part, std::string_view second_part);

}  // namespace lamppost::formats

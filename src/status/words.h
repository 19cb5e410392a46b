// SPDX-License-Identifier: Apache-2.0
// Words that page and table share: how people write durations, sizes and sums. The JSON they read
// may come from another version, so every access here is total: what is missing is empty or 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace lamppost::status {

// "7 s", "12 min", "5 h 3 min", "3 d 4 h". Negative durations are a stepped clock and read as "0
// s".
std::string duration_words(double seconds);
std::string size_words(std::uint64_t bytes);                          // "512 B", "1.5 MiB"
std::string count_words(std::uint64_t count, std::string_view noun);  // "1 source", "2 sources"
std::string with_capital(std::string text);  // "backing off" -> "Backing off"

std::string text_at(const Json& object, const char* key);
std::uint64_t count_at(const Json& object, const char* key);
double number_at(const Json& object, const char* key);  // NaN when missing or null
bool fact_at(const Json& object, const char* key);
const Json& part_at(const Json& object, const char* key);  // an empty array when missing

// A sum that must add up, one term a string, so that a narrow page can break between terms:
// {"stored 1200", "= delivered 1100", "+ queued 100", ...}.
std::vector<std::string> destination_sum(const Json& destination);
std::vector<std::string> source_sum(const Json& source);

// What a destination never got: "1200 rows dropped as full, observed ... to ...: WasteContainer".
std::string gap_words(const Json& gap);

// "-" when it is not known, else "310 h".
std::string autonomy_words(const Json& outbox);
// "0.39 GB a year at this rate", or that nobody knows yet.
std::string wear_words(const Json& outbox);
// When the destination last accepted something: "12 s ago", or "-".
std::string ago_words(const Json& destination);
// "12 entities", "1 entity".
std::string entities(std::uint64_t count);

// "12 ok, 1 late, 2 missing", "" without any.
std::string devices_words(const Json& devices);
// "bin-12, silent for 3 h and expected every 15 min"
std::string absent_words(const Json& device);

}  // namespace lamppost::status

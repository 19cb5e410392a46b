// SPDX-License-Identifier: Apache-2.0
// Amounts as people write them: durations "500ms" "2s" "10min" "6h" "7d", sizes "100B" "64KiB"
// "10MiB" "2GiB". A whole number and its unit, nothing between; a bare number is no amount, because
// nobody can see what it counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lamppost::config {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::optional<std::uint64_t> parse_size(std::string_view text);

// What somebody meant who wrote "5m", "10 seconds" or "64kb": "5min", "10s", "64KiB". "" when it
// cannot be told.
std::string meant_duration(std::string_view text);
std::string meant_size(std::string_view text);

}  // namespace lamppost::config

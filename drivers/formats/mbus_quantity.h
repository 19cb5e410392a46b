// SPDX-License-Identifier: Apache-2.0
// What a record of M-Bus is about: the value information of EN 13757-3, primary table and the
// extensions FB and FD.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lamppost::formats {

struct MbusQuantity {
  enum class Kind : std::uint8_t { kNumber, kDate, kDateTime };
  std::string name;       // "energy", "flow_temperature"; "vif_6f" for what is in no table
  std::string_view unit;  // Rec 20; the value is number * multiplier * 10^exponent of it
  int exponent = 0;
  double multiplier = 1;
  double offset = 0;
  Kind kind = Kind::kNumber;
};

// Reads the value information at `at` and moves behind it; nullopt when it is cut off or longer
// than the standard allows.
std::optional<MbusQuantity> read_mbus_quantity(std::string_view bytes, std::size_t& at);

// Whether a record can be called so, without the words that tell which of several it is.
bool is_mbus_quantity(std::string_view name);

}  // namespace lamppost::formats

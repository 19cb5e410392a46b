// SPDX-License-Identifier: Apache-2.0
// One data record of M-Bus, EN 13757-3 section 6: DIF and DIFEs say how it is written and which of
// several it is, VIF and VIFEs what it is about, the data follow with the lowest byte first.
#pragma once

#include <string>
#include <string_view>

#include "core/observation.h"
#include "core/result.h"

namespace lamppost::formats {

struct MbusRecord {
  Observation seen;      // without a name: a filler, or the end
  bool is_last = false;  // the maker's own bytes follow, to the end
};

// Reads the record at `at` and moves behind it; at < bytes.size().
Result<MbusRecord> read_mbus_record(std::string_view bytes, std::size_t& at);

// "energy", with "_max", "_min" or "_error", "_storage_1", "_tariff_2", "_unit_1" behind it.
bool is_mbus_record(std::string_view name);

// A number with its lowest byte first; nullopt when it has digits above nine. A first digit of F
// is a minus.
std::optional<std::int64_t> mbus_bcd(std::string_view bytes);

}  // namespace lamppost::formats

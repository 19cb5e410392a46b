// SPDX-License-Identifier: Apache-2.0
// Times as devices write them: RFC 3339 in any shade, epoch seconds, milliseconds, microseconds, as
// numbers or text. And which times to believe.
#pragma once

#include <optional>

#include "core/json.h"
#include "core/timestamp.h"

namespace lamppost::mapping {

// nullopt when the value is no time. `zone_minutes` is for texts without an offset (see
// timestamp.h).
std::optional<Timestamp> parse_time(const Json& value, std::optional<int> zone_minutes);

// "UTC", "Z", "+02:00", "-0330" -> minutes east of UTC.
std::optional<int> parse_zone(std::string_view text);

// A device without a set clock says 1970 or counts seconds since boot; a broken one says 2099.
// Times before 2015 and more than five minutes past `arrived` are not believed. A gateway whose own
// clock is not set yet (before 2015) believes everything up to 2100.
bool is_plausible(Timestamp at, Timestamp arrived);

}  // namespace lamppost::mapping

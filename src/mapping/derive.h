// SPDX-License-Identifier: Apache-2.0
// Values that no sensor measures itself.
#pragma once

#include <optional>

#include "config/config.h"
#include "core/finding.h"

namespace lamppost::mapping {

// The share of the way from `empty` to `full`, cut to 0..1, or reference - distance in the unit of
// the distance. nullopt when devices.csv does not have for this device what the rule names.
std::optional<double> from_distance(const config::AttributeRule& rule, double distance,
                                    const config::Device* device);

// Columns that the rule names: each exists, holds numbers, and empty is never full.
void check_columns(const config::AttributeRule& rule, const config::Devices& devices,
                   Findings& findings);

// The dew point over water in degrees Celsius of a temperature in degrees Celsius and a relative
// humidity as a share: the inverse of e_w(t) = 6.112 exp(17.62 t / (243.12 + t)) hPa, the Magnus
// formula of WMO-No. 8, Guide to Instruments and Methods of Observation, volume I, annex 4.B. It
// holds from -45 to 60 degrees; nullopt outside, and for a share that is not above 0 and at most 1.
std::optional<double> dew_point_c(double temperature_c, double humidity);

}  // namespace lamppost::mapping

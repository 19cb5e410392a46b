// SPDX-License-Identifier: Apache-2.0
// LightweightM2M in records with names: its own JSON (OMA TS 1.0, 6.4.4) and SenML (TS-Core 1.1,
// 7.4.3 and 7.4.5).
//
//   {"bn": "/3303/0/", "bt": 1772366400, "e": [{"n": "5700", "v": 21.5, "t": -5}]}
//
// A record holds one of v (number), sv (text), bv (boolean) and ov (object link), at base time and
// time together in seconds since 1970, or from the arrival where there is no base time.
#pragma once

#include "core/result.h"
#include "drivers/formats/lwm2m_path.h"
#include "drivers/formats/senml_pack.h"

namespace lamppost::formats {

// nullopt beyond the year 9999.
std::optional<Timestamp> lwm2m_time(double seconds);

Result<std::vector<Lwm2mEntry>> lwm2m_of_json(const Json& tree, Timestamp arrived);

Result<std::vector<Lwm2mEntry>> lwm2m_of_senml(const Json& pack, SenmlLabels labels,
                                               Timestamp arrived);

inline Error malformed_lwm2m(const std::string& what) {
  return Error{Fault::kMalformed, "not LwM2M: " + what, ""};
}

}  // namespace lamppost::formats

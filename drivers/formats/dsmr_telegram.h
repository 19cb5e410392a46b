// SPDX-License-Identifier: Apache-2.0
// The frame of a P1 telegram, its check sum and its lines (DSMR P1 companion standard, 5.2 and 6;
// IEC 62056-21, mode D):
//
//   /KFM5KAIFA-METER                              identification
//
//   1-0:1.8.1(001581.123*kWh)                     OBIS code A-B:C.D.E, values in brackets
//   0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)
//   (00001.001)                                   a line may go on (before version 4)
//   !6796                                         CRC-16 over "/" to "!"; none before version 4
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lamppost::formats {

struct DsmrLine {
  std::string code;                 // "1-0:1.8.1", without the *255 that some meters write
  int channel = 0;                  // B of A-B:C.D.E where A is 0: 1 to 4 are meters on M-Bus
  std::vector<std::string> fields;  // at least one
};

struct DsmrTelegram {
  std::string_view identification;
  std::vector<DsmrLine> lines;
};

// "1-0:1.8.1"
bool is_obis_code(std::string_view text);

// Before version 4 a reading stands in a profile, as above; it comes as the line that version 4
// writes, 0-1:24.2.1(161107190000)(00001.001*m3). What stands in front of "/" and behind the line
// of "!" does not count. Refuses a telegram that is cut off or encrypted, whose check sum is wrong,
// or that holds a line of another form.
Result<DsmrTelegram> read_dsmr(std::string_view payload);

inline Error malformed_dsmr(const std::string& what) {
  return Error{Fault::kMalformed, "not a P1 telegram: " + what, ""};
}

}  // namespace lamppost::formats

// SPDX-License-Identifier: Apache-2.0
// sysexits.h, the ones that Lamppost uses.
#pragma once

namespace lamppost::cli {

inline constexpr int kOk = 0;
inline constexpr int kUsage = 64;        // the command line is wrong
inline constexpr int kBadData = 65;      // the input cannot become what was asked for
inline constexpr int kUnavailable = 69;  // no daemon answers, something is not there
inline constexpr int kBug = 70;
inline constexpr int kTemporary = 75;  // the daemon is to be started again
inline constexpr int kBadConfig = 78;

}  // namespace lamppost::cli

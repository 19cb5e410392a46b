// SPDX-License-Identifier: Apache-2.0
// Ways a disk fails.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

#include "support/fault_vfs.h"

namespace lamppost::outbox {

struct Trouble {
  int code = SQLITE_IOERR;
  bool for_good = false;
  double share = 0.5;  // of a write that fails
};

inline void tell_points(int points, const Trouble& trouble) {
  const std::string words = std::to_string(points) +
                            " fault points tried: " + sqlite3_errstr(trouble.code) +
                            (trouble.for_good ? ", for good" : ", once");
  MESSAGE(words);
}

// Lets `good` operations through; the next fails, or all from there on. Only an I/O error can fail
// reading as well.
inline FaultVfs::Fault fail_at(int good, int code, bool for_good, bool* failed) {
  using Operation = FaultVfs::Operation;
  return [=, left = good](Operation operation) mutable {
    if (operation == Operation::kRead && code != SQLITE_IOERR) return SQLITE_OK;
    if (left-- > 0 || (!for_good && *failed)) return SQLITE_OK;
    *failed = true;
    return operation == Operation::kOpen ? SQLITE_CANTOPEN : code;
  };
}

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
// A disk that fails on command: lies under SQLite as its default file layer while the object lives.
// Counts writes and syncs of databases opened meanwhile.
#pragma once

#include <functional>
#include <string>

namespace lamppost {

class FaultVfs {
 public:
  enum class Operation { kWrite, kSync };
  // 0 to let the operation through, else the SQLite result code that it fails with.
  using Fault = std::function<int(Operation)>;

  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  void set(Fault fault);
  void heal() { set(nullptr); }
};

}  // namespace lamppost

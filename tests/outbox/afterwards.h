// SPDX-License-Identifier: Apache-2.0
// After the power cut: puts back what the disk kept, with nothing in the runtime directory, opens
// the outbox and asks it whether every promise was kept.
#pragma once

#include <functional>

#include "promises.h"
#include "support/simulated_disk.h"

namespace lamppost::outbox {

class Afterwards {
 public:
  // `options` of the outbox that lost its power; paths are replaced.
  explicit Afterwards(Options options);

  // The disk as it was left; the promises as they were after operation `cut`. [] when all is well.
  Words broken(const DiskImage& left, std::size_t cut, const Promises& promises);
  // What a start and a stop do to the disk.
  DiskLog start_and_stop(const DiskImage& left);

 private:
  void put_back(const DiskImage& left);
  void look(std::size_t cut, const Promises& promises, const Log& log, Words& wrong);

  TempDirectory directory_;
  Options options_;
};

// What cutting the power at every operation of a life came to.
struct Cuts {
  std::size_t points = 0;    // operations after which the power was cut
  std::size_t ways = 0;      // disks that a cut may leave, all points together
  std::size_t starts = 0;    // of these, different ones, which an outbox was started on
  std::size_t violated = 0;  // points where a promise was broken in some way
  Words first;               // the words of the first that was

  Cuts& operator+=(const Cuts& more);
};

struct Thoroughness {
  std::size_t most = 1;   // single losses, random losses and tears at each point
  std::size_t every = 1;  // of writes, a cut only after each so many
  std::uint32_t seed = 1;
};

// What was recorded of a life.
struct Lived {
  DiskLog log;
  Promises promises;
};

Cuts cut_everywhere(const Lived& life, Afterwards& afterwards, const Thoroughness& thoroughness,
                    SimulatedDisk::Deaf deaf = nullptr);

// The power goes once more while the outbox starts and stops after a cut: after every `every`th
// operation of the life, and every single one of the start.
Cuts cut_twice(const Lived& life, Afterwards& afterwards, const Thoroughness& thoroughness);

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
// The life of an outbox with a bit of everything in it, dealt from a shuffled deck of steps, and
// what was promised in the course of it.
#pragma once

#include <map>
#include <random>
#include <set>

#include "promises.h"
#include "support/recording_vfs.h"

namespace lamppost::outbox {

class Life {
 public:
  // The outbox works on the disk that is being recorded. Both must outlive this.
  Life(TempOutbox& box, const RecordingVfs& disk, std::uint32_t seed);

  // Every kind of step, some of them `times` several times, in a random order.
  void live(int times = 1);

  // Single steps, for a life that is written down.
  void put(std::size_t bytes);
  std::size_t deliver(std::size_t entities);  // how many rows
  void pass(milliseconds time);

  Promises promises;

 private:
  using Step = void (Life::*)();
  static std::vector<std::pair<Step, int>> deck();
  void put();
  void put_to_both();
  void put_latest();
  void put_dead_reading();
  void put_unknown();
  void pass_some();
  void take_off();
  void settle();
  void requeue();
  void forget();
  void flush();
  void reopen();
  void change_window();
  void checkpoint();
  void checkpoint_and_truncate();
  void checkpoint(int mode);

  std::size_t now() const { return disk_.log().size(); }
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }
  bool windowed() const { return box_.options.power_loss_window > kNow; }
  void add_row(Deposit& deposit, const std::string& destination, bool latest);
  void append(const Deposit& deposit, std::size_t items);
  void conclude(const Batch& batch, const Verdict& verdict);
  void note_dropped(const std::set<std::size_t>& before, std::size_t begun);
  void note_safe(milliseconds older_than);
  void note_ids();
  std::set<std::size_t> queued_numbers();

  TempOutbox& box_;
  const RecordingVfs& disk_;
  std::mt19937 random_;
  const milliseconds window_;
  std::optional<Batch> flight_;
};

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: a child stores and delivers as fast as it can and reports each row that
// was acknowledged or settled; it is killed after a random number of reports, again and again on
// the same files.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>

#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

class RealClock : public Clock {
 public:
  Timestamp now() const override {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
  }
  milliseconds monotonic() const override {
    return std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
  bool trusted() const override { return true; }
};

struct Report {
  std::int64_t number = 0;
  std::int64_t settled = 0;  // 0: acknowledged, 1: settled
};

void say(int pipe, Report report) {
  if (write(pipe, &report, sizeof report) != sizeof report) _exit(1);
}

[[noreturn]] void work(const Options& options, int pipe, std::int64_t number) {
  const RealClock clock;
  const Log log([](LogLevel, std::string_view) {});
  const auto outbox = Outbox::open(options, clock, log);
  for (;; ++number) {
    Deposit deposit;
    deposit.source = "site";
    const auto entity = "urn:" + std::to_string(number % 7);
    deposit.rows.push_back({"city", entity, std::to_string(number), clock.now(), false});
    if (!outbox->append(deposit)) _exit(2);
    say(pipe, {number, 0});
    if (number % 8 == 0) outbox->maintain();
    if (number % 5 != 0) continue;
    const auto batch = outbox->next_batch("city", {3, 1 << 20});
    if (!outbox->settle("city", accepted(batch), kNow)) _exit(3);
    for (const auto& row : batch.rows) say(pipe, {std::stoll(row.payload), 1});
  }
}

struct Memory {
  std::set<std::int64_t> acknowledged, settled;
  std::int64_t next = 1;

  bool read_one(int pipe) {
    Report report;
    if (read(pipe, &report, sizeof report) != sizeof report) return false;
    (report.settled != 0 ? settled : acknowledged).insert(report.number);
    next = std::max(next, report.number + 1);
    return true;
  }
};

void live_and_die(const Options& options, Memory& memory, int reports) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    work(options, ends[1], memory.next);
  }
  close(ends[1]);
  int heard = 0;
  while (heard < reports && memory.read_one(ends[0])) ++heard;
  CHECK(heard == reports);
  kill(child, SIGKILL);
  while (memory.read_one(ends[0])) {
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}

void check_all_there(TempOutbox& box, Memory& memory) {
  box.reopen();
  check_balanced(box);
  std::vector<std::int64_t> there;
  for (const auto& payload : queued(box)) there.push_back(std::stoll(payload));
  CHECK(std::is_sorted(there.begin(), there.end()));
  const std::set<std::int64_t> present(there.begin(), there.end());
  CHECK(present.size() == there.size());
  for (const auto number : memory.settled) CHECK(present.count(number) == 0);
  std::size_t missing = 0;
  for (const auto number : memory.acknowledged)
    missing += present.count(number) + memory.settled.count(number) == 0;
  // A batch may have been settled whose report the kill cut off: three rows at most.
  // The clock of this test and that of the killed process are months apart: no row may expire by
  // it.
  CHECK(box->totals().destinations.at("city").dropped == 0);
  CHECK(missing <= 3);
  for (const auto number : memory.acknowledged)
    if (present.count(number) == 0) memory.settled.insert(number);
  // A row may have been stored whose acknowledgement the kill cut off: one at most.
  std::size_t unheard = 0;
  for (const auto number : present) unheard += memory.acknowledged.count(number) == 0;
  CHECK(unheard <= 1);
  memory.acknowledged.insert(present.begin(), present.end());
  if (!there.empty()) memory.next = std::max(memory.next, there.back() + 1);
  box.close();
}

void die_often(milliseconds window, int rounds) {
  std::random_device device;
  const auto seed = device();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  TempOutbox box;
  box.close();
  box.options.power_loss_window = window;
  Memory memory;
  for (int round = 0; round < rounds; ++round) {
    live_and_die(box.options, memory, 1 + static_cast<int>(random() % 700));
    check_all_there(box, memory);
  }
}

}  // namespace

TEST_CASE("kill -9 loses nothing acknowledged, on two shelves") { die_often(milliseconds(5), 30); }

TEST_CASE("kill -9 loses nothing acknowledged, on the durable shelf alone") { die_often(kNow, 20); }

}  // namespace lamppost::outbox

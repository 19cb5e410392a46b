// SPDX-License-Identifier: Apache-2.0
// Random histories against a reference of a few lines. LAMPPOST_STEPS and LAMPPOST_SEED choose
// more of them and repeat one. A history that fails is made short before it is printed.
#include <random>

#include "model.h"
#include "support/shrink.h"

namespace lamppost::outbox {
namespace {

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atol(text);
}

// For every run of the unit tests; the slow test `outbox_histories` takes ten times as many.
constexpr long kSteps = 4'000;
// Of one history: long enough for every state, short enough to be shrunk.
constexpr long kHistory = 2'000;
// Longer queues find nothing more and make every look at them slow.
constexpr std::size_t kManyRows = 150;

class History {
 public:
  explicit History(Options options) : box_(std::move(options)) {}

  // The same dice whatever steps were left out before this one.
  std::string step(std::uint32_t seed) {
    random_.seed(seed);
    if (roll(100) == 0) outage_ = model_.rows() < kManyRows && !outage_;
    const auto dice = roll(1000);
    if (dice < 400) return append(), "append";
    if (dice < 700) return begin_batch(), "batch";
    if (dice < 900) return settle(), "settle";
    if (dice < 960) return pass_time(), "pass time";
    if (dice < 985) return maintain(), "maintain";
    if (dice < 990) return step_wall(), "step wall clock";
    if (dice < 993) return flush(), "flush";
    if (dice < 994) return cut_power(), "cut power";
    return reopen(), "kill";
  }

  void check() {
    const auto totals = box_->totals();
    std::uint64_t stored = 0, delivered = 0, dead = 0, queued_rows = 0;
    for (const auto& [name, ledger] : totals.destinations) {
      demand(ledger.balanced(), "the ledger of " + name + " does not balance");
      stored += ledger.stored;
      delivered += ledger.delivered;
      dead += ledger.dead;
      queued_rows += ledger.queued;
    }
    for (const auto& [name, ledger] : totals.sources)
      demand(ledger.balanced(), "the ledger of source " + name + " does not balance");
    demand(stored == model_.stored, "rows stored");
    demand(delivered == model_.delivered, "rows delivered");
    demand(dead == model_.dead, "rows dead");
    demand(queued_rows == model_.rows(), "rows queued");
    std::map<std::string, Words> wanted;
    for (const auto& [name, rows] : model_.queues)
      for (const auto& row : rows) wanted[name].push_back(row.payload);
    std::erase_if(wanted, [](const auto& queue) { return queue.second.empty(); });
    demand(rows_there() == wanted, "other rows are queued, or in another order");
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }
  std::string destination() { return roll(3) == 0 ? "region" : "city"; }

  void append() {
    if (model_.rows() > 2 * kManyRows) return;
    const auto now = box_.clock.monotonic();
    const bool safe = box_.options.power_loss_window == kNow;
    Deposit deposit;
    deposit.source = "site";
    for (auto rows = 1 + roll(2); rows > 0; --rows) {
      const auto to = destination();
      const auto entity = "urn:" + std::to_string(roll(12));
      const auto payload = std::to_string(++made_) + std::string(roll(300), 'x');
      ++model_.stored;
      deposit.rows.push_back({to, entity, payload, box_.clock.now(), false});
      model_.queues[to].push_back({entity, payload, now, safe, false, kNow});
    }
    demand(box_->append(deposit).ok(), "a reading is refused");
  }

  void begin_batch() {
    const auto to = destination();
    if (outage_ || flights_.count(to) != 0) return;
    const std::size_t entities = 1 + roll(12);
    const auto batch = box_->next_batch(to, {entities, 1 << 20});
    const auto eligible = model_.eligible(to, box_.clock.monotonic());
    demand(batch.rows.empty() == eligible.empty(), "a batch is empty, or is not");
    demand(batch.rows.size() <= entities, "a batch has too many rows");
    for (const auto& row : batch.rows) {
      const auto at = std::find_if(eligible.begin(), eligible.end(), [&row](const auto* there) {
        return there->payload == row.payload;
      });
      demand(at != eligible.end(), "a batch has a row that must wait");
      demand(!(*at)->in_flight, "a batch has a row twice");
      (*at)->in_flight = true;
    }
    if (batch.rows.empty()) return;
    auto& waited = waited_[to];
    waited = eligible.front()->in_flight ? 0 : waited + 1;
    demand(waited < 4, "the oldest row waits for others");
    flights_[to] = batch;
  }

  void settle() {
    if (flights_.empty()) return;
    const auto to = flights_.begin()->first;
    const auto batch = flights_.begin()->second;
    flights_.erase(to);
    const milliseconds retry(roll(3) * 700);
    Verdict verdict;
    auto& queue = model_.queues[to];
    for (const auto& row : batch.rows) {
      const auto at = std::find_if(queue.begin(), queue.end(), [&row](const ModelRow& there) {
        return there.payload == row.payload;
      });
      demand(at != queue.end(), "a row in flight is not queued");
      const auto fate = roll(10);
      if (fate < 7) verdict.accepted.push_back(row.id);
      if (fate == 7) verdict.rejected.push_back({row.id, "because", 400, ""});
      if (fate < 8) {
        ++(fate < 7 ? model_.delivered : model_.dead);
        queue.erase(at);
        continue;
      }
      if (fate == 8) verdict.kept.push_back(row.id);  // else not mentioned
      at->in_flight = false;
      at->ready_at = box_.clock.monotonic() + retry;
    }
    const bool mentioned =
        !verdict.accepted.empty() || !verdict.rejected.empty() || !verdict.kept.empty();
    // A verdict about nothing belongs to no batch; this batch's own would name its rows.
    if (!mentioned) verdict.kept = ids(batch);
    demand(box_->settle(to, verdict, retry).ok(), "a verdict is not taken");
  }

  void pass_time() {
    box_.clock.advance(milliseconds(roll(900)));
    maintain();
  }
  void maintain() {
    static_cast<void>(box_->maintain());
    note_safe(box_.clock.monotonic() - box_.options.power_loss_window);
  }
  void note_safe(milliseconds stored) {
    for (auto& [name, rows] : model_.queues)
      for (auto& row : rows) row.safe = row.safe || row.stored <= stored;
  }
  void step_wall() {
    box_.clock.step_wall(std::chrono::hours(roll(400)) - std::chrono::hours(200));
  }
  void flush() {
    demand(box_->flush().ok(), "the outbox does not reach flash");
    note_safe(box_.clock.monotonic());
  }
  void reopen() {
    box_.reopen();
    flights_.clear();
    waited_.clear();
    model_.forget_runtime();
    check();
  }

  // The runtime directory is gone, with rows younger than the window, and counts of what was there.
  void cut_power() {
    box_.close();
    std::filesystem::remove(box_.options.runtime_dir / "fresh.journal");
    box_.reopen();
    const auto there = rows_there();
    for (auto& [name, rows] : model_.queues) {
      const auto found = there.find(name);
      const auto words = found == there.end() ? Words{} : found->second;
      std::erase_if(rows, [&](const ModelRow& row) {
        const bool gone = std::count(words.begin(), words.end(), row.payload) == 0;
        demand(!gone || !row.safe, "a power cut has taken what was safe");
        return gone;
      });
    }
    model_.stored = model_.delivered = model_.dead = 0;
    for (const auto& [name, ledger] : box_->totals().destinations) {
      model_.stored += ledger.stored;
      model_.delivered += ledger.delivered;
      model_.dead += ledger.dead;
    }
    flights_.clear();
    waited_.clear();
    model_.forget_runtime();
    check();
  }

  std::map<std::string, Words> rows_there() {
    std::map<std::string, Words> words;
    RowId last = 0;
    for (const auto& row : box_->list(100'000)) {
      demand(row.id > last, "ids do not rise");
      last = row.id;
      words[row.destination].push_back(row.payload);
    }
    return words;
  }

  TempOutbox box_;
  std::mt19937 random_;
  Model model_;
  std::uint64_t made_ = 0;
  std::map<std::string, Batch> flights_;
  std::map<std::string, int> waited_;  // batches since the oldest row was in one
  bool outage_ = false;                // nothing is delivered, the queue grows
};

using Steps = std::vector<std::uint32_t>;

// "" when it went as the reference says.
std::string live(const Options& options, const Steps& steps, std::string* story = nullptr) {
  History history(options);
  try {
    for (const auto seed : steps) {
      const auto name = history.step(seed);
      if (story != nullptr) *story += name + ", ";
    }
    history.check();
  } catch (const Broken& broken) {
    return broken.what;
  }
  return "";
}

// Ageing is left out here: with the wall clock thrown about, rows would expire over restarts.
void run(Options options, long steps) {
  options.max_age = std::chrono::hours(24 * 365 * 100);
  const auto seed =
      static_cast<std::uint32_t>(number_from("LAMPPOST_SEED", std::random_device{}()));
  std::mt19937 random(seed);
  for (long done = 0; done < steps; done += kHistory) {
    Steps history;
    for (long n = 0; n < std::min(kHistory, steps - done); ++n)
      history.push_back(static_cast<std::uint32_t>(random()));
    if (live(options, history).empty()) continue;
    const auto fails = [&](const Steps& some) { return !live(options, some).empty(); };
    const auto shortest = shrink(history, fails, 400);
    std::string story;
    const auto broken = live(options, shortest, &story);
    FAIL("LAMPPOST_SEED=" << seed << ": " << shortest.size() << " steps: " << story << "then "
                          << broken);
  }
  MESSAGE(steps << " steps in histories of " << kHistory << ", LAMPPOST_SEED=" << seed);
}

}  // namespace

TEST_CASE("any history on two shelves is that of one queue") {
  run({}, number_from("LAMPPOST_STEPS", kSteps));
}

TEST_CASE("any history on the durable shelf alone is that of one queue") {
  run(durable_only(), number_from("LAMPPOST_STEPS", kSteps) / 5);
}

TEST_CASE("a history that fails is shrunk to the steps that make it fail") {
  Steps steps;
  for (std::uint32_t n = 0; n < 1000; ++n) steps.push_back(n);
  const auto fails = [](const Steps& some) {
    return std::count(some.begin(), some.end(), 17) == 1 &&
           std::count(some.begin(), some.end(), 900) == 1;
  };
  CHECK(shrink(steps, fails, 400) == Steps{17, 900});
}

}  // namespace lamppost::outbox

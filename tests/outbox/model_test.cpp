// SPDX-License-Identifier: Apache-2.0
// Random histories against a reference of a few lines. LAMPPOST_STEPS and LAMPPOST_SEED choose
// longer ones and repeat one.
#include <deque>
#include <map>
#include <random>
#include <set>

#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atol(text);
}

// For every run of the unit tests; the slow test `outbox_histories` takes ten times as many.
constexpr long kSteps = 4'000;
// Longer queues find nothing more and make every look at them slow.
constexpr std::size_t kManyRows = 150;

struct ModelRow {
  std::string entity, payload;
  bool in_flight = false;
  milliseconds ready_at{0};  // of the entity, while this row is its oldest
};

struct Model {
  std::map<std::string, std::deque<ModelRow>> queues;
  std::uint64_t stored = 0, delivered = 0, dead = 0;

  // What next_batch may give, oldest first. It gives a beginning of this: how far it looks behind
  // the first row is its own affair.
  std::vector<ModelRow*> batch(const std::string& destination, std::size_t entities,
                               milliseconds now) {
    std::set<std::string> passed;
    std::vector<ModelRow*> rows;
    for (auto& row : queues[destination]) {
      if (!passed.insert(row.entity).second) continue;
      if (row.in_flight || row.ready_at > now) continue;
      if (rows.size() < entities) rows.push_back(&row);
    }
    return rows;
  }
  std::size_t rows() const {
    std::size_t count = 0;
    for (const auto& [name, queue] : queues) count += queue.size();
    return count;
  }
  void forget_runtime() {
    for (auto& [name, rows] : queues)
      for (auto& row : rows) {
        row.in_flight = false;
        row.ready_at = kNow;
      }
  }
};

class History {
 public:
  History(Options options, std::uint32_t seed) : box_(std::move(options)), random_(seed) {}

  void step() {
    if (roll(100) == 0) outage_ = model_.rows() < kManyRows && !outage_;
    const auto dice = roll(1000);
    if (dice < 400) return append();
    if (dice < 700) return begin_batch();
    if (dice < 900) return settle();
    if (dice < 960) return pass_time();
    if (dice < 985) return static_cast<void>(box_->maintain());
    if (dice < 990) return step_wall();
    if (dice < 993) return flush();
    reopen();
  }

  void check() {
    check_balanced(box_);
    const auto totals = box_->totals();
    std::uint64_t stored = 0, delivered = 0, dead = 0;
    std::map<std::string, Words> real, wanted;
    for (const auto& [name, ledger] : totals.destinations) {
      stored += ledger.stored;
      delivered += ledger.delivered;
      dead += ledger.dead;
    }
    CHECK(stored == model_.stored);
    CHECK(delivered == model_.delivered);
    CHECK(dead == model_.dead);
    RowId last = 0;
    for (const auto& row : box_->list(100'000)) {
      CHECK(row.id > last);
      last = row.id;
      real[row.destination].push_back(row.payload);
    }
    for (const auto& [name, rows] : model_.queues)
      for (const auto& row : rows) wanted[name].push_back(row.payload);
    std::erase_if(wanted, [](const auto& queue) { return queue.second.empty(); });
    CHECK(real == wanted);
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }
  std::string destination() { return roll(3) == 0 ? "region" : "city"; }

  void append() {
    if (model_.rows() > 2 * kManyRows) return;
    Deposit deposit;
    deposit.source = "site";
    for (auto rows = 1 + roll(2); rows > 0; --rows) {
      const auto to = destination();
      const auto entity = "urn:" + std::to_string(roll(12));
      const auto payload = std::to_string(++model_.stored) + std::string(roll(300), 'x');
      deposit.rows.push_back({to, entity, payload, box_.clock.now(), false});
      model_.queues[to].push_back({entity, payload, false, kNow});
    }
    REQUIRE(box_->append(deposit));
  }

  void begin_batch() {
    const auto to = destination();
    if (outage_ || flights_.count(to) != 0) return;
    const std::size_t entities = 1 + roll(12);
    const auto batch = box_->next_batch(to, {entities, 1 << 20});
    auto wanted = model_.batch(to, entities, box_.clock.monotonic());
    REQUIRE(batch.rows.empty() == wanted.empty());
    REQUIRE(batch.rows.size() <= wanted.size());
    wanted.resize(batch.rows.size());
    std::sort(wanted.begin(), wanted.end(),
              [](auto* left, auto* right) { return left->entity < right->entity; });
    Words words;
    for (const auto* row : wanted) words.push_back(row->payload);
    REQUIRE(payloads(batch) == words);
    for (auto* row : wanted) row->in_flight = true;
    if (!batch.rows.empty()) flights_[to] = batch;
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
      REQUIRE(at != queue.end());
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
    REQUIRE(box_->settle(to, verdict, retry));
  }

  void pass_time() {
    box_.clock.advance(milliseconds(roll(900)));
    static_cast<void>(box_->maintain());
  }
  void step_wall() {
    box_.clock.step_wall(std::chrono::hours(roll(400)) - std::chrono::hours(200));
  }
  void flush() { REQUIRE(box_->flush()); }
  void reopen() {
    box_.reopen();
    flights_.clear();
    model_.forget_runtime();
    check();
  }

  TempOutbox box_;
  std::mt19937 random_;
  Model model_;
  std::map<std::string, Batch> flights_;
  bool outage_ = false;  // nothing is delivered, the queue grows
};

// Ageing is left out here: with the wall clock thrown about, rows would expire over restarts.
void run(Options options, long steps) {
  options.max_age = std::chrono::hours(24 * 365 * 100);
  const auto seed =
      static_cast<std::uint32_t>(number_from("LAMPPOST_SEED", std::random_device{}()));
  INFO("LAMPPOST_SEED=" << seed);
  History history(options, seed);
  for (long n = 0; n < steps; ++n) history.step();
  history.check();
}

}  // namespace

TEST_CASE("any history on two shelves is that of one queue") {
  run({}, number_from("LAMPPOST_STEPS", kSteps));
}

TEST_CASE("any history on the durable shelf alone is that of one queue") {
  run(durable_only(), number_from("LAMPPOST_STEPS", kSteps) / 5);
}

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
#include "life.h"

#include <sqlite3.h>

#include "support/noise.h"

namespace lamppost::outbox {
namespace {

constexpr const char* kLatest = "urn:latest";

}  // namespace

Life::Life(TempOutbox& box, const RecordingVfs& disk, std::uint32_t seed)
    : box_(box), disk_(disk), random_(seed), window_(box.options.power_loss_window) {}

std::vector<std::pair<Life::Step, int>> Life::deck() {
  return {{&Life::put, 16},
          {&Life::put_to_both, 3},
          {&Life::put_latest, 6},
          {&Life::put_dead_reading, 2},
          {&Life::put_unknown, 1},
          {&Life::pass_some, 16},
          {&Life::take_off, 8},
          {&Life::settle, 8},
          {&Life::requeue, 2},
          {&Life::forget, 1},
          {&Life::flush, 2},
          {&Life::reopen, 3},
          {&Life::change_window, 2},
          {&Life::checkpoint, 4},
          {&Life::checkpoint_and_truncate, 1}};
}

void Life::live(int times) {
  std::vector<Step> steps;
  for (const auto& [step, count] : deck())
    steps.insert(steps.end(), static_cast<std::size_t>(count * times), step);
  std::shuffle(steps.begin(), steps.end(), random_);
  for (const auto step : steps) (this->*step)();
}

void Life::put() { put(roll(600)); }

void Life::put(std::size_t bytes) {
  Deposit deposit;
  add_row(deposit, "city", false);
  const auto filling = noise(bytes);
  promises.items().back().payload += filling;
  deposit.rows.back().payload += filling;
  append(deposit, 1);
}

void Life::put_to_both() {
  Deposit deposit;
  add_row(deposit, "city", false);
  add_row(deposit, "region", false);
  append(deposit, 2);
}

// They merge; nothing is ever sent to "region", so the one row that they become stays.
void Life::put_latest() {
  Deposit deposit;
  add_row(deposit, "region", true);
  append(deposit, 1);
}

void Life::add_row(Deposit& deposit, const std::string& destination, bool latest) {
  const auto word = Promises::word(promises.next());
  Item item;
  item.destination = destination;
  item.merges = latest;
  item.entity = latest ? kLatest : "urn:" + std::to_string(roll(4));
  item.payload = latest ? R"({"id":"urn:latest","type":"T",")" + word + R"(":{"value":1}})" : word;
  item.places = {{now() + 1, now() + 1, false}};
  deposit.rows.push_back({destination, item.entity, item.payload, box_.clock.now(), latest});
  promises.add(item);
}

void Life::put_dead_reading() {
  DeadLetter letter;
  letter.reason = "malformed";
  letter.reading = Promises::word(promises.next());
  Item item;
  item.payload = letter.reading;
  item.places = {{now() + 1, now() + 1, true}};
  promises.add(item);
  Deposit deposit;
  deposit.fate = ReadingFate::kDead;
  deposit.reason = letter.reason;
  deposit.dead = {letter};
  append(deposit, 1);
}

void Life::put_unknown() {
  Deposit deposit;
  deposit.fate = ReadingFate::kHeld;
  deposit.unknown.emplace();
  deposit.unknown->topic = "attic";
  append(deposit, 0);
}

// The last `items` items are what the deposit is made of.
void Life::append(const Deposit& wanted, std::size_t items) {
  auto deposit = wanted;
  deposit.source = "site";
  const auto before = queued_numbers();
  const auto begun = now() + 1;
  const bool taken = box_->append(deposit).ok();
  note_dropped(before, begun);
  for (auto n = promises.next() - items; taken && n < promises.next(); ++n) {
    auto& item = promises.items()[n];
    item.acknowledged = box_.clock.monotonic();
    if (!windowed()) item.safe = now();
  }
  note_ids();
}

// What made room for something newer.
void Life::note_dropped(const std::set<std::size_t>& before, std::size_t begun) {
  const auto after = queued_numbers();
  for (const auto number : before) {
    if (after.count(number) != 0) continue;
    promises.items()[number].leaving = begun;
    promises.items()[number].gone = now();
  }
}

void Life::pass_some() { pass(milliseconds(roll(900))); }

void Life::pass(milliseconds time) {
  box_.clock.advance(time);
  box_->maintain();
  note_safe(box_.clock.monotonic() - box_.options.power_loss_window);
}

// What was acknowledged at this time or before has reached flash.
void Life::note_safe(milliseconds acknowledged) {
  for (auto& item : promises.items())
    if (item.acknowledged >= kNow && item.acknowledged <= acknowledged)
      if (item.safe == kNever && item.gone == kNever) item.safe = now();
}

void Life::flush() {
  if (box_->flush()) note_safe(box_.clock.monotonic());
}

void Life::reopen() {
  box_.reopen();
  flight_.reset();
}

// Between two shelves and one.
void Life::change_window() {
  box_.options.power_loss_window = windowed() ? kNow : window_;
  reopen();
  if (!windowed()) note_safe(box_.clock.monotonic());
}

void Life::take_off() {
  if (!flight_) flight_ = take(box_, 1 + roll(3));
}

void Life::settle() {
  take_off();
  Verdict verdict;
  for (const auto& row : flight_->rows) {
    const auto fate = roll(10);
    if (fate < 6)
      verdict.accepted.push_back(row.id);
    else if (fate < 9)
      verdict.rejected.push_back({row.id, "BadRequestData", 400, "because"});
    else
      verdict.kept.push_back(row.id);
  }
  conclude(*flight_, verdict);
  flight_.reset();
}

std::size_t Life::deliver(std::size_t entities) {
  const auto batch = take(box_, entities);
  conclude(batch, accepted(batch));
  return batch.rows.size();
}

void Life::conclude(const Batch& batch, const Verdict& verdict) {
  std::vector<Item*> leaving, dying;
  const auto item_of = [&](RowId id) {
    const auto row = std::find_if(batch.rows.begin(), batch.rows.end(),
                                  [id](const BatchRow& one) { return one.id == id; });
    return &promises.item_in(row->payload);
  };
  for (const auto id : verdict.accepted) leaving.push_back(item_of(id));
  for (const auto& rejection : verdict.rejected) dying.push_back(item_of(rejection.row));
  const auto begun = now() + 1;
  for (auto* item : leaving) {
    item->leaving = std::min(item->leaving, begun);
    item->accepted = true;
  }
  for (auto* item : dying) item->places.push_back({begun, kNever, true});
  if (!box_->settle("city", verdict, kNow)) return;
  for (auto* item : leaving) {
    item->gone = now();
    item->delivered = true;
  }
  for (auto* item : dying) item->places.back().done = now();
  note_ids();
}

void Life::requeue() {
  for (const auto& letter : box_->dead(100)) {
    if (letter.destination.empty()) continue;
    auto& places = promises.item_in(letter.payload).places;
    places.push_back({now() + 1, kNever, false});
    if (box_->requeue_dead(letter.id)) places.back().done = now();
    return note_ids();
  }
}

void Life::forget() {
  for (const auto& letter : box_->dead(100)) {
    auto& item = promises.item_in(letter.payload + letter.reading);
    item.leaving = now() + 1;
    if (box_->forget_dead(letter.id)) item.gone = now();
    return;
  }
}

void Life::checkpoint() { checkpoint(SQLITE_CHECKPOINT_PASSIVE); }

void Life::checkpoint_and_truncate() { checkpoint(SQLITE_CHECKPOINT_TRUNCATE); }

// By a connection of its own, as when an operator looks into the file: the outbox's own checkpoints
// come with every thousandth page.
void Life::checkpoint(int mode) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(box_.options.path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) ==
          SQLITE_OK);
  sqlite3_exec(database, "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
  sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
  sqlite3_close(database);
}

void Life::note_ids() {
  std::int64_t highest = 0;
  for (const auto& row : box_->list(100'000)) highest = std::max(highest, row.id);
  for (const auto& letter : box_->dead(100'000)) highest = std::max(highest, letter.id);
  promises.give_ids(now(), highest);
}

std::set<std::size_t> Life::queued_numbers() {
  std::set<std::size_t> numbers;
  for (const auto& row : box_->list(100'000))
    for (const auto number : Promises::numbers_in(row.payload)) numbers.insert(number);
  return numbers;
}

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
#include "promises.h"

#include <cctype>

namespace lamppost::outbox {

bool Item::may_be(bool letter, std::size_t cut) const {
  bool may = false;
  for (const auto& place : places) {
    if (place.done <= cut) may = false;  // it has left where it was before
    if (place.begun <= cut && place.letter == letter) may = true;
  }
  return may && may_be_there(cut);
}

std::vector<std::size_t> Promises::numbers_in(const std::string& text) {
  std::vector<std::size_t> numbers;
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1))
    numbers.push_back(std::stoul(text.substr(at + 1)));
  return numbers;
}

std::int64_t Promises::highest_id(std::size_t cut) const {
  std::int64_t highest = 0;
  for (const auto& [at, id] : ids_)
    if (at <= cut) highest = std::max(highest, id);
  return highest;
}

std::size_t Promises::state(std::size_t cut) const {
  std::size_t past = 0;
  const auto count = [&](std::size_t moment) { past += moment <= cut; };
  for (const auto& item : items_) {
    for (const auto moment : {item.safe, item.leaving, item.gone}) count(moment);
    for (const auto& place : item.places) count(place.begun), count(place.done);
  }
  for (const auto& [at, id] : ids_) count(at);
  return past;
}

Words Promises::broken(std::size_t cut, const Found& found) const {
  Words wrong;
  for (const auto& row : found.rows) check_row(cut, row, wrong);
  for (const auto& letter : found.letters) check_letter(cut, letter, wrong);
  if (!wrong.empty()) return wrong;  // with unknown words the rest makes no sense
  check_copies(cut, found, wrong);
  check_order(found, wrong);
  check_ledger(cut, found, wrong);
  return wrong;
}

// Nothing is invented, nothing comes back, nothing is altered.
void Promises::check_row(std::size_t cut, const QueuedRow& row, Words& wrong) const {
  const auto numbers = numbers_in(row.payload);
  if (numbers.empty()) wrong.push_back("a row of nobody: " + row.payload);
  for (const auto number : numbers) {
    if (number >= items_.size() || !items_[number].may_be(false, cut)) {
      wrong.push_back("row " + word(number) + " should not be there");
      continue;
    }
    const auto& item = items_[number];
    if (row.destination != item.destination || row.entity != item.entity ||
        (row.payload != item.payload && !item.merges))
      wrong.push_back("row " + word(number) + " is not what it was");
  }
}

void Promises::check_letter(std::size_t cut, const DeadLetter& letter, Words& wrong) const {
  const auto text = letter.payload + letter.reading;
  const auto numbers = numbers_in(text);
  if (numbers.size() != 1 || numbers[0] >= items_.size() || !items_[numbers[0]].may_be(true, cut)) {
    wrong.push_back("dead letter " + text.substr(0, 10) + " should not be there");
    return;
  }
  const auto& item = items_[numbers[0]];
  if (text != item.payload || letter.destination != item.destination)
    wrong.push_back("dead letter " + word(numbers[0]) + " is not what it was");
}

void Promises::check_copies(std::size_t cut, const Found& found, Words& wrong) const {
  std::vector<int> copies(items_.size());
  for (const auto& row : found.rows)
    for (const auto number : numbers_in(row.payload)) ++copies[number];
  for (const auto& letter : found.letters)
    for (const auto number : numbers_in(letter.payload + letter.reading)) ++copies[number];
  for (std::size_t number = 0; number < items_.size(); ++number) {
    if (copies[number] > 1) wrong.push_back(word(number) + " is there twice");
    if (copies[number] == 0 && items_[number].must_be_there(cut))
      wrong.push_back(word(number) + " is lost");
  }
}

// Numbers grow along the queue of an entity. What was a dead letter has gone to its end.
void Promises::check_order(const Found& found, Words& wrong) const {
  std::map<std::pair<std::string, std::string>, std::size_t> last;
  RowId last_id = 0;
  for (const auto& row : found.rows) {
    if (row.id <= last_id) wrong.push_back("row ids do not grow");
    last_id = row.id;
    auto numbers = numbers_in(row.payload);
    std::erase_if(numbers, [this](auto number) { return items_[number].places.size() > 1; });
    if (numbers.empty()) continue;
    const auto [first, newest] = std::minmax_element(numbers.begin(), numbers.end());
    auto [before, is_first] = last.try_emplace({row.destination, row.entity}, *newest);
    if (!is_first && *first <= before->second) wrong.push_back(word(*first) + " is out of order");
    before->second = *newest;
  }
}

// Balanced, and it has counted what was promised and not what never was.
void Promises::check_ledger(std::size_t cut, const Found& found, Words& wrong) const {
  std::uint64_t rows = 0;
  for (const auto& [name, ledger] : found.totals.destinations) {
    rows += ledger.queued;
    if (!ledger.balanced()) wrong.push_back("the ledger of " + name + " does not balance");
    std::uint64_t stored = 0, may_be_stored = 0, delivered = 0, may_be_delivered = 0;
    for (const auto& item : items_) {
      if (item.destination != name) continue;
      stored += item.safe <= cut;
      may_be_stored += item.begun() <= cut;
      delivered += item.delivered && item.safe <= cut && item.gone <= cut;
      may_be_delivered += item.accepted && item.leaving <= cut;
    }
    if (ledger.stored < stored || ledger.stored > may_be_stored)
      wrong.push_back("the ledger of " + name + " has counted other rows than were stored");
    if (ledger.delivered < delivered || ledger.delivered > may_be_delivered)
      wrong.push_back("the ledger of " + name + " has counted other rows than were delivered");
  }
  for (const auto& [name, ledger] : found.totals.sources)
    if (!ledger.balanced()) wrong.push_back("the ledger of source " + name + " does not balance");
  if (rows != found.rows.size()) wrong.push_back("the ledger counts other rows than are queued");
}

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
#include "outbox/ledger_repair.h"

namespace lamppost::outbox {
namespace {

std::uint64_t count_in(const std::map<std::string, std::uint64_t>& counts,
                       const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

LedgerRepair::LedgerRepair(Counters counters, std::map<std::string, std::uint64_t> queued)
    : counters_(std::move(counters)), queued_(std::move(queued)) {
  // No counter is below zero; what says so is damaged. What was learned may be any number.
  std::erase_if(counters_, [](const auto& item) {
    return item.first.book != Book::kLearned && item.second < 0;
  });
}

std::int64_t LedgerRepair::get(Book book, const std::string& name, const char* word) const {
  const auto found = counters_.find({book, name, word});
  return found == counters_.end() ? 0 : found->second;
}

std::set<std::string> LedgerRepair::names(Book book) const {
  std::set<std::string> names;
  for (const auto& [key, value] : counters_)
    if (key.book == book) names.insert(key.name);
  return names;
}

void LedgerRepair::bury(const std::string& destination, std::uint64_t rows) {
  buried_[destination] += rows;
  counters_[{Book::kBroker, destination, "dead"}] += static_cast<std::int64_t>(rows);
  counters_[{Book::kDead, destination, kDamagedReason}] += static_cast<std::int64_t>(rows);
}

std::map<std::string, std::uint64_t> LedgerRepair::drop_missing() {
  std::map<std::string, std::uint64_t> lost;
  for (const auto& name : names(Book::kQueue)) {
    const auto rows = static_cast<std::uint64_t>(get(Book::kQueue, name, "rows"));
    const auto known = count_in(queued_, name) + count_in(buried_, name);
    // More rows than were ever stored is no number to believe.
    const auto stored = counters_.find({Book::kBroker, name, "stored"});
    const bool beyond =
        stored != counters_.end() && rows > static_cast<std::uint64_t>(stored->second);
    if (rows <= known || beyond) continue;
    lost[name] = rows - known;
    counters_[{Book::kBroker, name, "dropped"}] += static_cast<std::int64_t>(lost[name]);
    counters_[{Book::kDropped, name, kDamagedReason}] += static_cast<std::int64_t>(lost[name]);
  }
  return lost;
}

std::set<std::string> LedgerRepair::balance() {
  std::set<std::string> wrong;
  auto brokers = names(Book::kBroker);
  for (const auto& [name, rows] : queued_) brokers.insert(name);
  for (const auto& name : brokers) {
    auto sum = static_cast<std::int64_t>(count_in(queued_, name));
    for (const char* word : {"delivered", "merged", "dead", "dropped"})
      sum += get(Book::kBroker, name, word);
    auto& stored = counters_[{Book::kBroker, name, "stored"}];
    if (stored != sum) wrong.insert("broker " + name);
    stored = sum;
  }
  for (const auto& name : names(Book::kSource)) {
    std::int64_t sum = 0;
    for (const char* word : {"stored", "empty", "dead", "held", "rejected", "late", "duplicate"})
      sum += get(Book::kSource, name, word);
    auto& received = counters_[{Book::kSource, name, "received"}];
    if (received != sum) wrong.insert("source " + name);
    received = sum;
  }
  return wrong;
}

std::vector<Count> LedgerRepair::counts() const {
  std::vector<Count> counts;
  for (const auto& [key, value] : counters_)
    if (key.book != Book::kQueue && value != 0) counts.push_back({key, value});
  return counts;
}

}  // namespace lamppost::outbox

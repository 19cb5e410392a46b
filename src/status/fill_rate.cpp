// SPDX-License-Identifier: Apache-2.0
#include "status/fill_rate.h"

#include <cmath>

namespace lamppost::status {
namespace {

std::uint64_t stored(const outbox::Totals& totals) {
  std::uint64_t all = 0;
  for (const auto& [name, ledger] : totals.destinations) all += ledger.stored;
  return all;
}

}  // namespace

void FillRate::observe(std::chrono::milliseconds monotonic, const outbox::Totals& totals) {
  if (totals.rows > 0) {
    const double now = static_cast<double>(totals.bytes) / static_cast<double>(totals.rows);
    bytes_per_entity_ = bytes_per_entity_ == 0 ? now : bytes_per_entity_ * 0.9 + now * 0.1;
  }
  const Look look{monotonic, stored(totals)};
  if (!last_ || look.stored < last_->stored) {  // the first look, or a new set of books
    last_ = look;
    return;
  }
  const std::chrono::duration<double> passed = look.at - last_->at;
  if (passed < std::chrono::seconds(1)) return;

  const double rate = static_cast<double>(look.stored - last_->stored) / passed.count();
  const double fade = std::exp(-passed / std::chrono::duration<double>(kMemory));
  const double weight = weight_ * fade + (1 - fade);  // makes the first minutes a plain average
  entities_per_second_ = (entities_per_second_ * weight_ * fade + rate * (1 - fade)) / weight;
  weight_ = weight;
  last_ = look;
}

}  // namespace lamppost::status

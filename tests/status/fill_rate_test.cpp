// SPDX-License-Identifier: Apache-2.0
#include "status/fill_rate.h"

#include <doctest/doctest.h>

using namespace lamppost;
using namespace lamppost::status;
using namespace std::chrono_literals;

namespace {

outbox::Totals totals(std::uint64_t stored, std::uint64_t rows) {
  outbox::Totals all;
  all.destinations["city"].stored = stored;
  all.rows = rows;
  all.bytes = rows * 500;
  return all;
}

}  // namespace

TEST_CASE("fill rate: unknown until two looks and a queued entity") {
  FillRate rate;
  CHECK(rate.bytes_per_second() == 0);
  rate.observe(0s, totals(0, 1));
  CHECK(rate.bytes_per_second() == 0);
  rate.observe(1s, totals(10, 1));
  CHECK(rate.bytes_per_second() == doctest::Approx(5000));

  FillRate unseen;
  unseen.observe(0s, totals(0, 0));
  unseen.observe(1s, totals(10, 0));
  CHECK(unseen.bytes_per_second() == 0);
}

TEST_CASE("fill rate: the first minutes are a plain average, then old rates fade") {
  FillRate rate;
  std::uint64_t stored = 0;
  std::chrono::milliseconds at{0};
  rate.observe(at, totals(stored, 2));
  for (int i = 0; i < 60; ++i) rate.observe(at += 1s, totals(stored += i % 2 * 20, 2));
  CHECK(rate.bytes_per_second() == doctest::Approx(5000).epsilon(0.02));
  for (int i = 0; i < 3 * 3600; ++i) rate.observe(at += 1s, totals(stored += 2, 2));
  CHECK(rate.bytes_per_second() == doctest::Approx(1000).epsilon(0.01));
}

TEST_CASE("fill rate: how often one looks does not matter") {
  FillRate often, seldom;
  std::uint64_t stored = 0;
  often.observe(0s, totals(0, 1));
  seldom.observe(0s, totals(0, 1));
  for (int i = 1; i <= 600; ++i) {
    stored += 3;
    often.observe(std::chrono::seconds(i), totals(stored, 1));
    often.observe(std::chrono::milliseconds(i * 1000 + 1), totals(stored, 1));
    if (i % 60 == 0) seldom.observe(std::chrono::seconds(i), totals(stored, 1));
  }
  CHECK(often.bytes_per_second() == doctest::Approx(1500));
  CHECK(seldom.bytes_per_second() == doctest::Approx(1500));
}

TEST_CASE("fill rate: new books make no negative rate") {
  FillRate rate;
  rate.observe(0s, totals(1000, 1));
  rate.observe(1s, totals(1010, 1));
  rate.observe(2s, totals(0, 1));
  rate.observe(3s, totals(10, 1));
  CHECK(rate.bytes_per_second() == doctest::Approx(5000));
}

// SPDX-License-Identifier: Apache-2.0
#include "core/timestamp.h"

#include <chrono>

namespace lamppost {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

void write_digits(char* out, int width, std::int64_t number) {
  for (int i = width - 1; i >= 0; --i, number /= 10) out[i] = static_cast<char>('0' + number % 10);
}

// Reads text from the left; any failure sticks.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    if (text_.size() < count) return fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return fail();
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return number;
  }
  char one_of(std::string_view allowed) {
    if (text_.empty() || allowed.find(text_[0]) == allowed.npos) return static_cast<char>(fail());
    const char seen = text_[0];
    text_.remove_prefix(1);
    return seen;
  }
  // ".123456789" -> 123; finer than a millisecond is cut, as brokers do.
  int fraction_ms() {
    if (text_.empty() || (text_[0] != '.' && text_[0] != ',')) return 0;
    text_.remove_prefix(1);
    int ms = 0;
    std::size_t count = 0;
    while (count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      if (count < 3) ms = ms * 10 + (text_[count] - '0');
      ++count;
    }
    if (count == 0 || count > 9) return fail();
    for (std::size_t i = count; i < 3; ++i) ms *= 10;
    text_.remove_prefix(count);
    return ms;
  }
  void skip(char c) {
    if (!text_.empty() && text_[0] == c) text_.remove_prefix(1);
  }
  bool done() const { return text_.empty(); }
  bool failed() const { return failed_; }

 private:
  int fail() {
    failed_ = true;
    return 0;
  }
  std::string_view text_;
  bool failed_ = false;
};

// Minutes east of UTC; nullopt when the text has no offset.
std::optional<int> offset_minutes(Cursor& cursor) {
  if (cursor.done()) return std::nullopt;
  const char sign = cursor.one_of("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = cursor.digits(2);
  cursor.skip(':');
  const int minutes = cursor.digits(2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
}

}  // namespace

void write_iso8601(Timestamp at, char* out) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<milliseconds>(milliseconds(at.ms)));
  const year_month_day date(day);
  std::int64_t in_day = at.ms - duration_cast<milliseconds>(day.time_since_epoch()).count();
  write_digits(out, 4, static_cast<int>(date.year()));
  write_digits(out + 5, 2, static_cast<unsigned>(date.month()));
  write_digits(out + 8, 2, static_cast<unsigned>(date.day()));
  write_digits(out + 11, 2, in_day / 3'600'000);
  write_digits(out + 14, 2, in_day / 60'000 % 60);
  write_digits(out + 17, 2, in_day / 1'000 % 60);
  write_digits(out + 20, 3, in_day % 1'000);
  out[4] = out[7] = '-';
  out[10] = 'T';
  out[13] = out[16] = ':';
  out[19] = '.';
  out[23] = 'Z';
}

std::string to_iso8601(Timestamp at) {
  std::string text(24, '\0');
  write_iso8601(at, text.data());
  return text;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text,
                                       std::optional<int> naive_offset_minutes) {
  Cursor cursor(text);
  const int year = cursor.digits(4);
  cursor.one_of("-");
  const int month = cursor.digits(2);
  cursor.one_of("-");
  const int day = cursor.digits(2);
  cursor.one_of("Tt ");
  const int hour = cursor.digits(2);
  cursor.one_of(":");
  const int minute = cursor.digits(2);
  cursor.one_of(":");
  const int second = cursor.digits(2);
  const int ms = cursor.fraction_ms();
  if (cursor.failed()) return std::nullopt;
  const bool naive = cursor.done();
  const std::optional<int> offset = naive ? naive_offset_minutes : offset_minutes(cursor);
  if (!offset || cursor.failed() || !cursor.done()) return std::nullopt;

  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t in_minute = second == 60 ? 59'999 : second * 1'000 + ms;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Timestamp{days * kDayMs + (hour * 60 + minute - *offset) * std::int64_t{60'000} +
                   in_minute};
}

}  // namespace lamppost

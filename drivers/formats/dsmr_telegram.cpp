// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/dsmr_telegram.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "drivers/formats/in_quotes.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kMaxTelegram = 64 << 10;
constexpr std::size_t kMaxFields = 200;  // of one line

// CRC-16 of the companion standard, 5.2: x16 + x15 + x2 + 1, least significant bit first, from 0.
class Crc {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      crc_ ^= static_cast<unsigned char>(byte);
      for (int bit = 0; bit < 8; ++bit)
        crc_ = static_cast<std::uint16_t>((crc_ & 1) != 0 ? (crc_ >> 1) ^ 0xA001 : crc_ >> 1);
    }
  }
  std::uint16_t value() const { return crc_; }

 private:
  std::uint16_t crc_ = 0;
};

// A bridge that took the carriage returns out left the check sum as it was.
std::uint16_t crc_of(std::string_view telegram) {
  Crc crc;
  const bool bare = telegram.find('\r') == telegram.npos;
  for (std::size_t start = 0; start < telegram.size();) {
    const std::size_t end = bare ? telegram.find('\n', start) : telegram.npos;
    crc.add(telegram.substr(start, end - start));
    if (end == telegram.npos) break;
    crc.add("\r\n");
    start = end + 1;
  }
  return crc.value();
}

// "/" to "!" inclusive, when the check sum behind it is right or there is none.
Result<std::string_view> telegram_of(std::string_view payload) {
  if (payload.size() > kMaxTelegram) return malformed_dsmr("more than 64 KiB");
  if (payload.starts_with('\xdb'))
    return malformed_dsmr("it is encrypted (DLMS general-glo-ciphering); decrypt it in front");
  const std::size_t start = payload.find('/');
  if (start == payload.npos) return malformed_dsmr("no \"/\" where it should start");
  const std::size_t end = payload.find("\n!", start);
  if (end == payload.npos) return malformed_dsmr("it is cut off: no line with \"!\" at its end");
  const std::string_view telegram = payload.substr(start, end + 2 - start);
  std::string_view sum = payload.substr(end + 2);
  sum = trimmed(sum.substr(0, sum.find('\n')));
  if (sum.empty()) return telegram;
  std::uint16_t stated = 0;
  const auto [stop, fault] = std::from_chars(sum.data(), sum.data() + sum.size(), stated, 16);
  if (sum.size() != 4 || fault != std::errc() || stop != sum.data() + sum.size())
    return malformed_dsmr(in_quotes(sum) + " is no check sum");
  if (const std::uint16_t actual = crc_of(telegram); actual != stated) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    for (const int shift : {12, 8, 4, 0}) text += kDigits[actual >> shift & 15];
    return malformed_dsmr("its check sum is " + text + ", and it says " + std::string(sum));
  }
  return telegram;
}

// Takes a number of at most 255 and the `separator` behind it away; nullopt when there is none.
std::optional<int> take_number(std::string_view& text, char separator) {
  int number = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || number < 0 || number > 255) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  if (separator == '\0') return number;
  if (!text.starts_with(separator)) return std::nullopt;
  text.remove_prefix(1);
  return number;
}

// "A-B:C.D.E", perhaps with "*F" behind, which no name has. False when it is none.
bool set_code(std::string_view text, DsmrLine& line) {
  line.code = text.substr(0, text.find('*'));
  const auto a = take_number(text, '-'), b = a ? take_number(text, ':') : a;
  const auto c = b ? take_number(text, '.') : b, d = c ? take_number(text, '.') : c;
  const auto e = d ? take_number(text, '\0') : d;
  if (!e || !(text.empty() || text.starts_with('*'))) return false;
  line.channel = *a == 0 ? *b : 0;
  return true;
}

// Adds the "(a)(b)" of a text to a line. False when the brackets do not pair up.
bool add_fields(std::string_view text, DsmrLine& line) {
  while (!text.empty()) {
    const std::size_t end = text.find(')');
    if (text[0] != '(' || end == text.npos || line.fields.size() == kMaxFields) return false;
    line.fields.emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  }
  return true;
}

Result<std::vector<DsmrLine>> lines_of(std::string_view telegram) {
  std::vector<DsmrLine> lines;
  std::size_t start = telegram.find('\n') + 1;  // behind the identification
  for (std::size_t end = 0; (end = telegram.find('\n', start)) != telegram.npos; start = end + 1) {
    const std::string_view text = trimmed(telegram.substr(start, end - start));
    if (text.empty()) continue;
    const bool more = text.starts_with('(') && !lines.empty();
    const std::size_t bracket = std::min(text.find('('), text.size());
    DsmrLine line;
    const bool good = more ? add_fields(text, lines.back())
                           : set_code(text.substr(0, bracket), line) &&
                                 add_fields(text.substr(bracket), line) && !line.fields.empty();
    if (!good) return malformed_dsmr("the line " + in_quotes(text));
    if (!more) lines.push_back(std::move(line));
  }
  return lines;
}

// The profile of before version 4 as one reading.
void unfold(DsmrLine& line) {
  auto& fields = line.fields;
  if (!line.code.ends_with(":24.3.0") || fields.size() != 7 || !is_obis_code(fields[4])) return;
  line.code = fields[4];
  fields = {fields[0], fields[6] + '*' + fields[5]};
}

}  // namespace

bool is_obis_code(std::string_view text) {
  DsmrLine line;
  return set_code(text, line) && line.code == text;
}

Result<DsmrTelegram> read_dsmr(std::string_view payload) {
  const auto telegram = telegram_of(payload);
  if (!telegram) return telegram.error();
  auto lines = lines_of(*telegram);
  if (!lines) return lines.error();
  std::for_each(lines->begin(), lines->end(), unfold);
  return DsmrTelegram{trimmed(telegram->substr(1, telegram->find('\n') - 1)), std::move(*lines)};
}

}  // namespace lamppost::formats

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "status/snapshot.h"
#include "status/words.h"

namespace lamppost::status {
namespace {

using Row = std::vector<std::string>;

// Control characters of ASCII and of ISO 6429 (U+0080 to U+009F, C2 80 to C2 9F in UTF-8) would
// steer the terminal.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte < 0x20 || byte == 0x7F) {
      out += '?';
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      out += '?';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::size_t width(const std::string& text) {  // code points: continuation bytes do not count
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

// Columns as wide as their widest cell, two spaces apart, nothing after the last.
std::string columns(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string join(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const auto& word : words) {
    if (word.empty()) continue;
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::string cell(const Json& object, const char* key) {
  const auto text = plain(text_at(object, key));
  return text.empty() ? "-" : text;
}

std::string number(const Json& object, const char* key) {
  return std::to_string(count_at(object, key));
}

std::string state_word(const Json& entry, const std::string& state) {
  return fact_at(entry, "configured") ? state : "not configured";
}

std::string title(const Json& now) {
  const auto& head = part_at(now, "headline");
  const auto& config = part_at(now, "config");
  const bool trusted = fact_at(now, "clock_trusted");
  return cell(now, "gateway") + ": " + cell(head, "title") + ". " + plain(text_at(head, "text")) +
         "\n" +
         join({"lamppost " + cell(now, "version"),
               "up " + duration_words(number_at(now, "uptime_seconds")),
               trusted ? "clock trusted" : "clock not trusted", plain(text_at(config, "file"))},
              ", ") +
         "\n";
}

std::string sources(const Json& now) {
  std::vector<Row> rows{{"SOURCE", "TYPE", "STATE", "RECEIVED", "REFUSED", "ADDRESS", "DETAIL"}};
  for (const auto& source : part_at(now, "sources"))
    rows.push_back({cell(source, "name"), cell(source, "type"),
                    state_word(source, fact_at(source, "connected") ? "connected" : "away"),
                    number(source, "received"), number(source, "refused"), cell(source, "address"),
                    cell(source, "detail")});
  return columns(rows);
}

std::string destinations(const Json& now) {
  std::vector<Row> rows{
      {"DESTINATION", "STATE", "QUEUED", "DELIVERED", "LAST", "ADDRESS", "DETAIL"}};
  for (const auto& destination : part_at(now, "destinations")) {
    const bool well = text_at(destination, "reason").empty();
    rows.push_back({cell(destination, "name"), state_word(destination, cell(destination, "state")),
                    number(destination, "queued"), number(destination, "delivered"),
                    ago_words(destination), cell(destination, "url"),
                    cell(destination, well ? "notice" : "reason")});
  }
  return columns(rows);
}

std::string flash_check_words(const Json& check) {
  if (fact_at(check, "damage_met")) return "the outbox file is damaged: see the log";
  const auto ended = plain(text_at(check, "ended"));
  if (ended.empty()) return "not yet complete since the start";
  const auto damaged = count_at(check, "damaged");
  return ended + ", " + std::to_string(count_at(check, "looked_at")) + " rows and dead letters, " +
         (damaged == 0 ? "all sound" : std::to_string(damaged) + " damaged");
}

constexpr std::size_t kMostAbsent = 5;

std::string queue(const Json& now) {
  const auto& box = part_at(now, "outbox");
  const auto rows = count_at(box, "rows");
  std::vector<Row> lines;
  lines.push_back({"queued", entities(rows) + ", " + size_words(count_at(box, "bytes")) + " of " +
                                 size_words(count_at(box, "max_bytes"))});
  lines.push_back({"oldest", rows == 0 ? "-" : duration_words(number_at(box, "oldest_seconds"))});
  lines.push_back({"autonomy left", autonomy_words(box)});
  lines.push_back(
      {"flash written", size_words(count_at(box, "flash_bytes_written")) + "; " + wear_words(box)});
  lines.push_back({"flash check", flash_check_words(part_at(box, "flash_check"))});
  const auto dead = count_at(now, "dead_letters");
  lines.push_back({"dead letters",
                   std::to_string(dead) + (dead == 0 ? "" : "; `lamppost dead list` says why")});
  const auto unknown = count_at(now, "unknowns");
  lines.push_back(
      {"unknown topics",
       std::to_string(unknown) + (unknown == 0 ? "" : "; `lamppost discover` proposes mappings")});
  const auto& devices = part_at(now, "devices");
  if (const auto words = devices_words(devices); !words.empty())
    lines.push_back({"devices", words});
  std::size_t shown = 0;
  for (const auto& device : part_at(devices, "absent"))
    if (++shown <= kMostAbsent)
      lines.push_back({cell(device, "state") + " device", plain(absent_words(device))});
  const auto refused = plain(text_at(part_at(now, "config"), "refused"));
  if (!refused.empty()) lines.push_back({"config refused", refused});
  return columns(lines);
}

// The newest gaps of each destination, after an empty line; nothing when there are none.
std::string missing(const Json& now) {
  constexpr std::size_t kMost = 3;
  std::vector<Row> rows;
  for (const auto& destination : part_at(now, "destinations")) {
    std::size_t shown = 0;
    for (const auto& gap : part_at(destination, "gaps"))
      if (++shown <= kMost)
        rows.push_back({"missing at " + cell(destination, "name"), plain(gap_words(gap))});
  }
  return rows.empty() ? "" : columns(rows) + "\n";
}

std::string books(const Json& now) {
  std::vector<Row> rows;
  const auto add = [&](const Json& entry, const std::vector<std::string>& sum) {
    rows.push_back({cell(entry, "name"),
                    join(sum, " ") + (fact_at(entry, "balanced") ? "" : "  DOES NOT ADD UP")});
  };
  for (const auto& source : part_at(now, "sources")) add(source, source_sum(source));
  for (const auto& destination : part_at(now, "destinations"))
    add(destination, destination_sum(destination));
  return columns(rows);
}

}  // namespace

std::string to_table(const Json& snapshot) {
  return title(snapshot) + "\n" + sources(snapshot) + "\n" + destinations(snapshot) + "\n" +
         queue(snapshot) + "\n" + missing(snapshot) + books(snapshot);
}

}  // namespace lamppost::status

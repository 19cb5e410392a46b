// SPDX-License-Identifier: Apache-2.0
// The page somebody opens on a phone under the lamppost, in the rain: first one big sentence, then
// numbers, then every source and destination with its reason. Valid HTML5, no script; it asks
// itself again every five seconds. Every text that is not ours goes through append_text().
#include "status/page_style.h"
#include "status/snapshot.h"
#include "status/words.h"

namespace lamppost::status {
namespace {

void append_text(std::string& page, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        page += "&amp;";
        break;
      case '<':
        page += "&lt;";
        break;
      case '>':
        page += "&gt;";
        break;
      case '"':
        page += "&quot;";
        break;
      case '\'':
        page += "&#39;";
        break;
      default:
        // HTML allows no control characters but white space.
        page += static_cast<unsigned char>(c) < 0x20 || c == '\x7F' ? ' ' : c;
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_text(out, text);
  return out;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

void paragraph(std::string& page, std::string_view kind, std::string_view text) {
  if (text.empty()) return;
  page.append("<p class=\"").append(kind).append("\">");
  append_text(page, text);
  page += "</p>\n";
}

// <span> a term: the line breaks between terms of a sum, never inside one.
void append_sum(std::string& page, const std::vector<std::string>& terms, bool balanced) {
  page += "<p class=\"sum\">";
  for (std::size_t i = 0; i < terms.size(); ++i)
    page += (i == 0 ? "<span>" : " <span>") + escaped(terms[i]) + "</span>";
  page += "</p>\n";
  if (!balanced) page += "<p class=\"bad alarm\">This sum does not add up.</p>\n";
}

void append_head(std::string& page, const Json& now) {
  page +=
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"5\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>";
  append_text(page, text_at(part_at(now, "headline"), "title") + " - " + text_at(now, "gateway"));
  page += "</title>\n<style>\n";
  page += kPageStyle;
  page += "</style>\n</head>\n<body>\n";
}

void append_banner(std::string& page, const Json& now) {
  const auto& head = part_at(now, "headline");
  page += "<header>\n<div class=\"banner " + escaped(text_at(head, "level")) + "\">\n<p>";
  append_text(page, or_dash(text_at(now, "gateway")));
  page += "</p>\n<h1>";
  append_text(page, text_at(head, "title"));
  page += "</h1>\n";
  paragraph(page, "why", text_at(head, "text"));
  page += "</div>\n</header>\n<main>\n";
}

struct Fact {
  std::string name, value, note;
  const char* tone = "";
};

void append_fact(std::string& page, const Fact& fact) {
  page += "<div class=\"" + std::string(fact.tone) + "\"><dt>" + escaped(fact.name) + "</dt><dd>" +
          escaped(fact.value);
  if (!fact.note.empty()) page += "<small>" + escaped(fact.note) + "</small>";
  page += "</dd></div>\n";
}

void append_facts(std::string& page, const Json& now) {
  const auto& box = part_at(now, "outbox");
  const auto rows = count_at(box, "rows");
  const bool trusted = fact_at(now, "clock_trusted");
  page += "<dl class=\"facts\">\n";
  append_fact(page,
              {"Queued", entities(rows),
               size_words(count_at(box, "bytes")) + " of " + size_words(count_at(box, "max_bytes")),
               text_at(box, "refusing").empty() ? "" : "bad"});
  append_fact(page,
              {"Oldest waits", rows == 0 ? "-" : duration_words(number_at(box, "oldest_seconds")),
               rows == 0 ? "nothing queued" : "for its broker"});
  append_fact(page, {"Autonomy left", autonomy_words(box), "if every broker were away"});
  append_fact(page, {"Clock", trusted ? "trusted" : "not trusted",
                     trusted ? "kept by a time server" : "no time server has set it",
                     trusted ? "" : "warning"});
  page += "</dl>\n";
  const auto refused = text_at(part_at(now, "config"), "refused");
  if (!refused.empty()) paragraph(page, "warning alarm", "Configuration refused: " + refused);
}

void open_card(std::string& page, const char* tone, const std::string& name,
               const std::string& state) {
  page += std::string("<li class=\"") + tone + "\">\n<h3><span>" + escaped(name) + "</span> <b>" +
          escaped(state) + "</b></h3>\n";
}

void append_source(std::string& page, const Json& source) {
  const bool connected = fact_at(source, "connected");
  if (!fact_at(source, "configured"))
    open_card(page, "quiet", text_at(source, "name"), "Not configured");
  else
    open_card(page, connected ? "ok" : "bad", text_at(source, "name"),
              connected ? "Connected" : "Away");
  paragraph(page, "soft", text_at(source, "address"));
  paragraph(page, "why", text_at(source, "detail"));
  const auto refused = count_at(source, "refused");
  if (refused > 0)
    paragraph(page, "why", count_words(refused, "reading") + " pushed back to the sender");
  append_sum(page, source_sum(source), fact_at(source, "balanced"));
  page += "</li>\n";
}

struct StateWords {
  const char* tone;
  std::string words;
};

StateWords words_of(const Json& destination) {
  if (!fact_at(destination, "configured")) return {"quiet", "Not configured"};
  const auto state = text_at(destination, "state");
  if (state == "backing off") return {"warning", "Waiting to try again"};
  if (state == "paused") return {"warning", "Paused"};
  if (state == "idle" && count_at(destination, "queued") == 0) return {"ok", "Up to date"};
  if (state == "idle" || state == "sending") return {"ok", "Sending"};
  return {"quiet", with_capital(or_dash(state))};
}

void append_destination(std::string& page, const Json& destination) {
  const auto state = words_of(destination);
  open_card(page, state.tone, text_at(destination, "name"), state.words);
  paragraph(page, "soft", text_at(destination, "url"));
  paragraph(page, "why", text_at(destination, "reason"));
  paragraph(page, "why", text_at(destination, "notice"));
  const auto last = ago_words(destination);
  if (last != "-") paragraph(page, "soft", "Last accepted something " + last);
  const auto& gaps = part_at(destination, "gaps");
  if (!gaps.empty()) paragraph(page, "why", "Missing: " + gap_words(gaps.front()));
  append_sum(page, destination_sum(destination), fact_at(destination, "balanced"));
  page += "</li>\n";
}

template <typename Append>
void append_cards(std::string& page, const char* title, const Json& entries, Append append) {
  page += std::string("<section>\n<h2>") + title + "</h2>\n";
  if (entries.empty()) page += "<p class=\"soft\">None configured.</p>\n";
  if (!entries.empty()) page += "<ul class=\"cards\">\n";
  for (const auto& entry : entries) append(page, entry);
  page += entries.empty() ? "</section>\n" : "</ul>\n</section>\n";
}

void append_left_behind(std::string& page, const Json& now) {
  const auto dead = count_at(now, "dead_letters");
  const auto unknown = count_at(now, "unknowns");
  page += "<section>\n<h2>Needs a person</h2>\n";
  if (dead == 0 && unknown == 0) page += "<p class=\"soft\">Nothing.</p>\n";
  if (dead > 0)
    page += "<p><b>" + count_words(dead, "dead letter") +
            "</b>: <code>lamppost dead list</code> says why, after a repair <code>lamppost dead "
            "retry</code> sends them again.</p>\n";
  if (unknown > 0)
    page += "<p><b>" + count_words(unknown, "unknown topic") +
            "</b>: <code>lamppost discover</code> proposes mappings.</p>\n";
  const auto& devices = part_at(now, "devices");
  if (const auto words = devices_words(devices); !words.empty())
    page += "<h2>Devices</h2>\n<p>" + escaped(words) + ".</p>\n";
  for (const auto& device : part_at(devices, "absent"))
    paragraph(page, "why", with_capital(text_at(device, "state")) + ": " + absent_words(device));
  page += "</section>\n</main>\n";
}

void append_foot(std::string& page, const Json& now) {
  page += "<footer>\n<p>Lamppost ";
  append_text(page, text_at(now, "version"));
  page += ", up " + duration_words(number_at(now, "uptime_seconds")) + ", " +
          size_words(count_at(part_at(now, "outbox"), "flash_bytes_written")) +
          " written to flash; " + wear_words(part_at(now, "outbox")) + ".</p>\n";
  paragraph(page, "file", text_at(part_at(now, "config"), "file"));
  page += "<p>As of <time>" + escaped(text_at(now, "now")) +
          "</time>, every 5 s anew.</p>\n<nav><a href=\"/metrics\">Metrics</a> "
          "<a href=\"/status\">JSON</a> <a href=\"/ready\">Ready</a> "
          "<a href=\"/health\">Health</a></nav>\n</footer>\n</body>\n</html>\n";
}

}  // namespace

std::string to_html(const Snapshot& snapshot) {
  const auto now = to_json(snapshot);
  std::string page;
  page.reserve(16 * 1024);
  append_head(page, now);
  append_banner(page, now);
  append_facts(page, now);
  append_cards(page, "Sources", part_at(now, "sources"), append_source);
  append_cards(page, "Destinations", part_at(now, "destinations"), append_destination);
  append_left_behind(page, now);
  append_foot(page, now);
  return page;
}

}  // namespace lamppost::status

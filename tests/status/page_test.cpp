// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <vector>

#include "core/json_text.h"
#include "status/page_style.h"
#include "status/sample.h"

using namespace lamppost;
using namespace lamppost::status;

namespace {

// What a reader sees: no tags, no style, entities resolved.
std::string visible_text(std::string page) {
  page = page.substr(page.find("<body>"));
  page = std::regex_replace(page, std::regex("<[^>]*>"), "");
  for (const auto& [entity, text] : std::vector<std::pair<std::string, std::string>>{
           {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}})
    page = std::regex_replace(page, std::regex(entity), text);
  return page;
}

bool shows(const Snapshot& now, const std::string& text) {
  return visible_text(to_html(now)).find(text) != std::string::npos;
}

// "" when every element that is opened is closed in order, else the first that is not.
std::string first_unclosed(const std::string& page) {
  static const std::set<std::string> void_elements{"meta", "link"};
  static const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
  std::vector<std::string> open;
  for (std::sregex_iterator it(page.begin(), page.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2];
    if (void_elements.contains(name)) continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + ">";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + ">";
}

// WCAG 2.1, "relative luminance" and "contrast ratio".
double luminance(const std::string& hex) {
  const auto channel = [&](std::size_t i) {
    const auto digits = hex.size() == 4 ? std::string(2, hex[1 + i]) : hex.substr(1 + 2 * i, 2);
    const double c = std::stoi(digits, nullptr, 16) / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2);
}

double contrast(const std::string& a, const std::string& b) {
  const double first = luminance(a) + 0.05, second = luminance(b) + 0.05;
  return std::max(first, second) / std::min(first, second);
}

std::map<std::string, std::string> colours(const std::string& style) {
  std::map<std::string, std::string> found;
  static const std::regex form("--([a-z]+):(#[0-9a-f]+)");
  for (std::sregex_iterator it(style.begin(), style.end(), form), end; it != end; ++it)
    found[(*it)[1]] = (*it)[2];
  return found;
}

}  // namespace

TEST_CASE("page: an outage reads as one would tell it") {
  const auto text = visible_text(to_html(during_an_outage()));
  for (const char* sentence :
       {"harbour-07", "Keeping readings", "city: connection refused; next try in 8 s",
        "46 KiB of 1 GiB", "2 min", "298 h", "Connected", "MQTT 5, session resumed",
        "Waiting to try again", "Last accepted something 12 s ago",
        "received 1225 = stored 1208 + empty 3 + dead 4 + held 4 + rejected 1 + late 2 + duplicate "
        "3",
        "stored 1214 = delivered 1100 + queued 100 + merged 4 + dead 7 + dropped 3",
        "11 dead letters: lamppost dead list", "2 unknown topics: lamppost discover",
        "/etc/lamppost/lamppost.toml", "2026-03-01T12:00:00.000Z"})
    CHECK_MESSAGE(text.find(sentence) != std::string::npos, sentence);
}

TEST_CASE("page: the big word follows the state") {
  CHECK(shows(all_well(), "Up to date"));
  CHECK(to_html(all_well()).find("<div class=\"banner ok\">") != std::string::npos);
  auto now = all_well();
  now.sources[0].state = {false, "connection refused", 0, 0};
  CHECK(shows(now, "Away"));
  CHECK(to_html(now).find("<div class=\"banner bad\">") != std::string::npos);
}

TEST_CASE("page: what is not known is a dash") {
  auto now = all_well();
  now.fill_bytes_per_second = 0;
  CHECK(shows(now, "Autonomy left-"));
  CHECK(shows(now, "Oldest waits-"));
}

TEST_CASE("page: books that do not add up are said in words") {
  auto now = during_an_outage();
  CHECK_FALSE(shows(now, "This sum does not add up."));
  ++now.totals.destinations["city"].stored;
  CHECK(shows(now, "This sum does not add up."));
}

TEST_CASE("page: devices that are silent are said in words") {
  auto now = during_an_outage();
  now.devices = {12, 0, 1, 0, 0, {{"<b>7", true, 10'800'000, 900'000}}};
  const auto page = to_html(now);
  CHECK(page.find("<p>12 ok, 1 missing.</p>") != std::string::npos);
  CHECK(page.find("Missing: &lt;b&gt;7, silent for 3 h and expected every 15 min") !=
        std::string::npos);
}

TEST_CASE("page: a gateway without sources and destinations says so") {
  CHECK(shows(Snapshot{}, "None configured."));
  CHECK(first_unclosed(to_html(Snapshot{})) == "");
}

TEST_CASE("page: hostile names are text, wherever they appear") {
  const std::string hostile = "<script>alert('1' & \"2\")</script>\x01\xFF";
  auto now = during_an_outage();
  now.gateway = now.version = now.config_file = now.config_state = hostile;
  now.totals.refusing = hostile;
  now.sources[0] = {hostile, hostile, hostile, {true, hostile, 0, 0}};
  now.destinations[0].name = now.destinations[0].url = hostile;
  now.destinations[0].state.state = now.destinations[0].state.reason = hostile;
  const auto page = to_html(now);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)") != std::string::npos);
  CHECK(first_unclosed(page) == "");
  CHECK(is_utf8(page));
  CHECK(std::none_of(page.begin(), page.end(),
                     [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
}

TEST_CASE("page: it is whole HTML, asks itself again and fetches nothing") {
  const auto page = to_html(during_an_outage());
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(first_unclosed(page) == "");
  CHECK(page.find("<meta http-equiv=\"refresh\" content=\"5\">") != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK_FALSE(std::regex_search(page, std::regex("(src|href)=\"(https?:)?//|@import|url\\(")));
  CHECK(page.size() < 8 * 1024);
}

TEST_CASE("page: every colour can be read outdoors, in light and in dark") {
  const std::string style = kPageStyle;
  const auto split = style.find("@media");
  REQUIRE(split != std::string::npos);
  for (const auto& scheme : {colours(style.substr(0, split)), colours(style.substr(split))}) {
    REQUIRE(scheme.size() == 10);
    for (const char* ink : {"text", "soft", "ok", "warning", "bad", "quiet", "link"})
      for (const char* paper : {"ground", "card"})
        CHECK_MESSAGE(contrast(scheme.at(ink), scheme.at(paper)) >= 7, ink, " on ", paper);
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/paths.h"

#include <algorithm>
#include <utility>

#include "core/json_text.h"
#include "core/percent.h"
#include "drivers/coap/content_format.h"

namespace lamppost::coap {
namespace {

std::vector<std::string> split(std::string_view filter) {
  std::vector<std::string> levels;
  for (;;) {
    const auto slash = filter.find('/');
    levels.emplace_back(filter.substr(0, slash));
    if (slash == std::string_view::npos) return levels;
    filter.remove_prefix(slash + 1);
  }
}

bool is_wildcard(std::string_view level) { return level == "+" || level == "#"; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool matches(const std::vector<std::string>& levels, Segments path) {
  if (is_wildcard(levels[0]) && path[0].starts_with('$')) return false;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == "#") return true;
    if (i == path.size() || (levels[i] != "+" && levels[i] != path[i])) return false;
  }
  return levels.size() == path.size();
}

// RFC 3986, 3.3: what a path segment may hold as it is.
constexpr std::string_view kPathMarks = "-._~!$&'()*+,;=:@";

// RFC 6690, 2: quoted-string; a title is for people, so control characters are left out.
std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c)) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Error no_topic(std::string why) { return {Fault::kMalformed, std::move(why), ""}; }

std::string target_of(const std::vector<std::string>& levels) {
  std::string target;
  for (const auto& level : levels) {
    if (is_wildcard(level)) break;
    target += '/';
    target += percent_encoded(level, kPathMarks);
  }
  return target.empty() ? "/" : target;
}

}  // namespace

Result<std::string> topic_of(Segments path) {
  std::string topic;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto forbidden = std::find_if(path[i].begin(), path[i].end(), [](char c) {
      return c == '/' || c == '+' || c == '#' || is_control(c);
    });
    if (forbidden != path[i].end())
      return no_topic(is_control(*forbidden)
                          ? "a path segment holds a control character"
                          : std::string("a path segment holds '") + *forbidden + "'");
    topic += i == 0 ? "" : "/";
    topic += path[i];
  }
  if (topic.empty()) return no_topic("the path is empty");
  if (!is_utf8(topic)) return no_topic("the path is not UTF-8");
  return topic;
}

Paths::Paths(const std::vector<Path>& wanted) {
  for (const auto& path : wanted) filters_.push_back({split(path.filter), path.title});
}

bool Paths::wants(Segments path) const {
  return !path.empty() && std::any_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    return matches(filter.levels, path);
  });
}

std::string Paths::links() const {
  const auto formats = ";ct=" + quoted_string(taken_formats());
  std::vector<std::string> links;
  for (const auto& filter : filters_) {
    auto link = '<' + target_of(filter.levels) + '>' + formats;
    if (!filter.title.empty()) link += ";title=" + quoted_string(filter.title);
    // Several mappings may want one path; it is still one resource.
    if (std::find(links.begin(), links.end(), link) == links.end())
      links.push_back(std::move(link));
  }
  std::string document;
  for (const auto& link : links) document += (document.empty() ? "" : ",") + link;
  return document;
}

}  // namespace lamppost::coap

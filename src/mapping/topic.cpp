// SPDX-License-Identifier: Apache-2.0
#include "mapping/topic.h"

#include "core/ascii.h"
#include "core/split.h"

namespace lamppost::mapping {
namespace {

constexpr std::size_t kMaxLevels = 64;

bool is_capture_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name)
    if (!(is_alphanumeric(c) || c == '_')) return false;
  return true;
}

Error malformed(std::string text) { return {Fault::kMalformed, std::move(text), ""}; }

}  // namespace

Result<TopicTemplate> TopicTemplate::parse(std::string_view text) {
  if (text.empty()) return malformed("is empty; write a topic such as \"air/{station}/state\"");
  if (text.size() > 65'535) return malformed("is longer than 65535 bytes");
  TopicTemplate result;
  const auto levels = split(text, '/');
  if (levels.size() > kMaxLevels) return malformed("has more than 64 levels");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::string_view level = levels[i];
    const bool last = i + 1 == levels.size();
    if (level == "+") {
      result.levels_.push_back({Level::Kind::kOne, ""});
    } else if (level == "#") {
      if (!last) return malformed("has \"#\" before its last level");
      result.levels_.push_back({Level::Kind::kRest, ""});
    } else if (!level.empty() && level.front() == '{' && level.back() == '}') {
      std::string_view name = level.substr(1, level.size() - 2);
      const bool rest = name.size() > 3 && name.substr(name.size() - 3) == "...";
      if (rest) name.remove_suffix(3);
      if (!is_capture_name(name))
        return malformed("has the capture \"" + std::string(level) +
                         "\"; a capture is {name}, or {name...} for all that remains");
      if (rest && !last)
        return malformed("has \"" + std::string(level) + "\" before its last level");
      for (const auto& seen : result.levels_)
        if (seen.kind != Level::Kind::kText && seen.text == name)
          return malformed("captures {" + std::string(name) + "} twice");
      result.levels_.push_back({rest ? Level::Kind::kRest : Level::Kind::kOne, std::string(name)});
    } else if (level.find_first_of(std::string_view("+#{}\0", 5)) != level.npos) {
      return malformed("has \"" + std::string(level) +
                       "\" in a level; +, # and {capture} stand for whole levels");
    } else {
      result.levels_.push_back({Level::Kind::kText, std::string(level)});
    }
  }
  return result;
}

bool TopicTemplate::match(std::string_view topic,
                          std::vector<std::pair<std::string, std::string>>& captures) const {
  captures.clear();
  if (topic.empty()) return false;
  if (topic[0] == '$' && levels_[0].kind != Level::Kind::kText) return false;
  std::string_view rest = topic;
  bool ended = false;  // the topic has no level left
  for (const Level& level : levels_) {
    if (level.kind == Level::Kind::kRest) {
      // "air/#" also matches "air" (MQTT 5.0, 4.7.1.2); a capture wants something to hold.
      if (ended && !level.text.empty()) return false;
      if (!level.text.empty()) captures.emplace_back(level.text, rest);
      return true;
    }
    if (ended) return false;
    const std::size_t slash = rest.find('/');
    const std::string_view here = rest.substr(0, slash);
    if (level.kind == Level::Kind::kText && here != level.text) return false;
    if (level.kind == Level::Kind::kOne && !level.text.empty())
      captures.emplace_back(level.text, here);
    ended = slash == rest.npos;
    rest = ended ? std::string_view{} : rest.substr(slash + 1);
  }
  return ended;
}

std::string TopicTemplate::filter() const {
  std::string text;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (i > 0) text += '/';
    switch (levels_[i].kind) {
      case Level::Kind::kText:
        text += levels_[i].text;
        break;
      case Level::Kind::kOne:
        text += '+';
        break;
      case Level::Kind::kRest:
        text += '#';
        break;
    }
  }
  return text;
}

std::vector<std::string> TopicTemplate::capture_names() const {
  std::vector<std::string> names;
  for (const Level& level : levels_)
    if (level.kind != Level::Kind::kText && !level.text.empty()) names.push_back(level.text);
  return names;
}

bool takes_topic(std::string_view topic_template, std::string_view topic) {
  const auto parsed = TopicTemplate::parse(topic_template);
  std::vector<std::pair<std::string, std::string>> captures;
  return parsed && parsed->match(topic, captures);
}

bool overlap(std::string_view filter_a, std::string_view filter_b) {
  const auto a = split(filter_a, '/'), b = split(filter_b, '/');
  for (std::size_t i = 0;; ++i) {
    if (i < a.size() && a[i] == "#") return true;
    if (i < b.size() && b[i] == "#") return true;
    if (i == a.size() || i == b.size()) {
      const auto& longer = i == a.size() ? b : a;
      return a.size() == b.size() || (longer.size() == i + 1 && longer[i] == "#");
    }
    if (a[i] != b[i] && a[i] != "+" && b[i] != "+") return false;
  }
}

}  // namespace lamppost::mapping

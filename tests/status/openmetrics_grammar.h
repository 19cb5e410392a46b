// SPDX-License-Identifier: Apache-2.0
// A strict reader of OpenMetrics 1.0 text, for tests: every line must be a metadata line of a new
// family or a sample of the family begun last, and the text must end in `# EOF`.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace lamppost::status {

struct MetricsText {
  std::map<std::string, std::string> samples;  // series -> value
  std::map<std::string, std::string> types;    // family -> type
  std::vector<std::string> faults;
};

class MetricsReader {
 public:
  static MetricsText read(const std::string& text) {
    MetricsReader reader;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) reader.take(line);
    if (!reader.ended_) reader.fault("no # EOF at the end");
    if (text.empty() || text.back() != '\n') reader.fault("the last line is not ended");
    return reader.seen_;
  }

 private:
  void take(const std::string& line) {
    if (ended_) return fault("text after # EOF: " + line);
    if (line == "# EOF") {
      ended_ = true;
    } else if (line.starts_with("# ")) {
      metadata(line);
    } else {
      sample(line);
    }
  }

  void metadata(const std::string& line) {
    static const std::regex form(R"(# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
    std::smatch part;
    if (!std::regex_match(line, part, form)) return fault("no metadata: " + line);
    const std::string kind = part[1], name = part[2], rest = part[3];
    if (kind == "TYPE") return begin_family(name, rest);
    if (name != family_) return fault(kind + " of another family: " + line);
    if (!metadata_.insert(kind).second) fault("twice: " + line);
    if (kind == "UNIT" && !name.ends_with("_" + rest)) fault("name without its unit: " + line);
  }

  void begin_family(const std::string& name, const std::string& type) {
    static const std::set<std::string> known{"counter", "gauge", "histogram", "info"};
    if (!known.contains(type)) fault("type " + type);
    if (!seen_.types.emplace(name, type).second) fault("family twice: " + name);
    family_ = name;
    metadata_.clear();
  }

  void sample(const std::string& line) {
    static const std::regex form(
        R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\[\\n"])*"(,(?=[a-z])|(?=\})))+\})? ([-+]?[0-9.]+(e[-+]?[0-9]+)?))re");
    std::smatch part;
    if (!std::regex_match(line, part, form)) return fault("no sample: " + line);
    if (!suffix_fits(part[1])) fault("not of family " + family_ + ": " + line);
    const std::string series = part[1].str() + part[2].str();
    if (!seen_.samples.emplace(series, part[6]).second) fault("series twice: " + series);
  }

  bool suffix_fits(const std::string& name) const {
    if (!name.starts_with(family_) || family_.empty()) return false;
    const auto suffix = name.substr(family_.size());
    const auto& type = seen_.types.at(family_);
    if (type == "counter") return suffix == "_total";
    if (type == "info") return suffix == "_info";
    if (type == "gauge") return suffix.empty();
    return suffix == "_bucket" || suffix == "_count" || suffix == "_sum";
  }

  void fault(const std::string& what) { seen_.faults.push_back(what); }

  MetricsText seen_;
  std::string family_;
  std::set<std::string> metadata_;
  bool ended_ = false;
};

}  // namespace lamppost::status

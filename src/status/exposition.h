// SPDX-License-Identifier: Apache-2.0
// OpenMetrics 1.0 text, written family by family: `# TYPE`, `# UNIT` and `# HELP`, then samples,
// `# EOF` at the end. Label values are escaped and made valid UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lamppost::status {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Exposition {
 public:
  // Starts a family. `name` is without _total and ends in the unit, when it has one.
  void counter(std::string_view name, std::string_view unit, std::string_view help);
  void gauge(std::string_view name, std::string_view unit, std::string_view help);
  void histogram(std::string_view name, std::string_view unit, std::string_view help);
  void info(std::string_view name, std::string_view help);

  // A sample of the family begun last; `suffix` is for the parts of a histogram.
  void sample(std::uint64_t value, const Labels& labels = {}, std::string_view suffix = "");
  void sample(double value, const Labels& labels = {}, std::string_view suffix = "");

  std::string finish() &&;  // appends # EOF

 private:
  void family(std::string_view type, std::string_view name, std::string_view unit,
              std::string_view help);
  void begin_sample(const Labels& labels, std::string_view suffix);

  std::string text_;
  std::string name_;    // of the family begun last
  std::string suffix_;  // that its type asks of every sample: "_total", "_info"
};

}  // namespace lamppost::status

// SPDX-License-Identifier: Apache-2.0
// Topic templates: `air/{station}/state`. {name} captures one level, {name...} all that remain, `+`
// and `#` match without capturing (MQTT 5.0, 4.7; CoAP paths use the same form).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace lamppost::mapping {

class TopicTemplate {
 public:
  // kMalformed with a sentence for people when the text is no valid template.
  static Result<TopicTemplate> parse(std::string_view text);

  // Fills `captures` and returns true when the topic matches. Topics that start with '$' match only
  // a template that starts with '$' (MQTT 5.0, 4.7.2).
  bool match(std::string_view topic,
             std::vector<std::pair<std::string, std::string>>& captures) const;

  // What to subscribe to: captures become + and #.
  std::string filter() const;
  std::vector<std::string> capture_names() const;

 private:
  struct Level {
    enum class Kind { kText, kOne, kRest } kind;
    std::string text;  // literal, or capture name ("" for + and #)
  };
  std::vector<Level> levels_;
};

// Whether the template takes the topic; false for text that is no template.
bool takes_topic(std::string_view topic_template, std::string_view topic);

// True when a topic could match both filters; for warnings about overlapping mappings.
bool overlap(std::string_view filter_a, std::string_view filter_b);

}  // namespace lamppost::mapping

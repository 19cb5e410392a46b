// SPDX-License-Identifier: Apache-2.0
// From Uri-Path segments to a topic, which topics some mapping wants, and how they are listed for
// discovery (RFC 6690).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "drivers/coap/coap_source.h"

namespace lamppost::coap {

using Segments = std::span<const std::string_view>;

// Segments joined by '/'. A segment is any UTF-8 (RFC 7252, 5.10.1), so it can hold what a topic
// level cannot: '/', which would make one level two, the wildcards '+' and '#' (MQTT 5.0, 4.7.1)
// and control characters. Such a path, and an empty one, is no topic; the error says why.
Result<std::string> topic_of(Segments path);

class Paths {
 public:
  explicit Paths(const std::vector<Path>& wanted);

  // Matches level by level as MQTT does (5.0, 4.7): '+' takes one level, '#' none, one or more, and
  // a leading wildcard does not take a level that starts with '$'.
  bool wants(Segments path) const;

  // The document behind /.well-known/core, in the order of the mappings. A path with wildcards is
  // listed by the levels before the first one, which a client can at least ask for; its title shows
  // the whole template.
  std::string links() const;

 private:
  struct Filter {
    std::vector<std::string> levels;
    std::string title;
  };
  std::vector<Filter> filters_;
};

}  // namespace lamppost::coap

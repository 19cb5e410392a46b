// SPDX-License-Identifier: Apache-2.0
// Texts with {captures}: `urn:ngsi-ld:Device:{station}`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace lamppost::mapping {

class TextTemplate {
 public:
  // kMalformed with a sentence for people when a brace has no partner or a name is empty.
  static Result<TextTemplate> parse(std::string_view text);

  // kMalformed when a capture is missing from `captures`.
  Result<std::string> expand(
      const std::vector<std::pair<std::string, std::string>>& captures) const;

  std::vector<std::string> capture_names() const;

 private:
  struct Piece {
    bool is_capture;
    std::string text;
  };
  std::vector<Piece> pieces_;
};

}  // namespace lamppost::mapping

// SPDX-License-Identifier: Apache-2.0
// Answers that mean the same for every row of the batch.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ngsi_ld/classifier.h"

namespace lamppost::ngsi_ld {

// The question an answer belongs to.
struct Sent {
  const Answer& answer;
  std::span<const std::string> ids;
  std::size_t bytes;
  Answers answers = Answers::kFull;
  bool alone() const { return ids.size() == 1; }
};

// "503 Service Unavailable: why"
std::string named(int status, std::string_view why = "");

Classification all(const Sent& sent, NextStep next, RowFate fate, std::string reason);
Classification accept(const Sent& sent, std::string remark = "");
Classification back_off(const Sent& sent, std::string reason);
Classification pause(const Sent& sent, std::string reason);
Classification fall_back(const Sent& sent, std::string reason);
Classification singly(const Sent& sent, std::string reason);

}  // namespace lamppost::ngsi_ld

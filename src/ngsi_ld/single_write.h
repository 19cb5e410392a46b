// SPDX-License-Identifier: Apache-2.0
// One entity by the operations that know only one: what to send first, what next when the broker
// says that the entity is not there or is there already, and what the last answer means.
//
//   append   POST entities/{id}/attrs  404 -> POST entities  409 -> attrs again
//   merge    PATCH entities/{id}       404 -> POST entities  409 -> PATCH again
//   history  POST temporal/entities
#pragma once

#include <string>
#include <string_view>

#include "ngsi_ld/classifier.h"
#include "ngsi_ld/write_mode.h"

namespace lamppost::ngsi_ld {

class SingleWrite {
 public:
  // `mode` is one of one_by_one(). `id` and `payload` outlive this.
  SingleWrite(WriteMode mode, const std::string& id, std::string_view payload)
      : mode_(mode), id_(id), payload_(payload) {}

  Request request() const;
  // True: the answer asks for another request(), at most four in all.
  bool goes_on(const Answer& answer);
  // Of the last answer, one row.
  Classification classify(const Answer& answer, std::size_t bytes) const;

 private:
  WriteMode mode_;
  const std::string& id_;
  std::string_view payload_;
  bool create_ = false;  // the next request creates, else it changes
  bool exists_ = false;  // the broker has said so
  int sent_ = 1;
};

// The answer to temporal_request(), one row. kFallBack: this broker keeps no history that can be
// written to.
Classification classify_temporal(const Answer& answer, const std::string& id, std::size_t bytes);

}  // namespace lamppost::ngsi_ld

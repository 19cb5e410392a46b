// SPDX-License-Identifier: Apache-2.0
// A gateway whose stations are asked what was sent of them, and in which order.
#pragma once

#include "gateway.h"

namespace lamppost {

// kConfig with a line more in its mapping.
inline std::string with(const std::string& line) {
  std::string text = kConfig;
  const std::string anchor = "format = \"json\"\n";
  return text.replace(text.find(anchor), anchor.size(), anchor + line + "\n");
}

struct Station : Gateway {
  using Gateway::Gateway;

  // A time of the device: so many seconds from now.
  std::string ts(int seconds_off) const {
    return std::to_string(shelf.clock.now().ms + 1000 * seconds_off);
  }
  std::string at(int seconds_off, const std::string& values) const {
    return R"({"ts": )" + ts(seconds_off) + ", " + values + "}";
  }
  Disposition take(const std::string& payload, const std::string& topic = "air/s1/state") {
    return accept(topic, payload).disposition;
  }
  // The values of an attribute that wait for the city, in order.
  std::string sent(const char* attribute = "pm25") const {
    std::string values;
    for (const auto& row : shelf.outbox->list(100)) {
      if (row.destination != "city") continue;
      const auto entity = Json::parse(row.payload);
      if (entity.contains(attribute)) values += entity[attribute]["value"].dump() + " ";
    }
    return values;
  }
  Json last() const { return Json::parse(shelf.outbox->list(100).back().payload); }
  std::uint64_t noted(const char* note) const {
    const auto notes = source().notes;
    const auto found = notes.find(note);
    return found == notes.end() ? 0 : found->second;
  }
  void deliver_all() {
    for (const char* name : {"city", "region"})
      for (;;) {
        const auto batch = shelf.outbox->next_batch(name, {});
        if (batch.rows.empty()) break;
        Verdict verdict;
        for (const auto& row : batch.rows) verdict.accepted.push_back(row.id);
        REQUIRE(shelf.outbox->settle(name, verdict, std::chrono::milliseconds(0)));
      }
  }
  // The books of source and destinations, whatever happened.
  ~Station() {
    CHECK(source().balanced());
    for (const auto& [name, ledger] : shelf.outbox->totals().destinations)
      CHECK_MESSAGE(ledger.balanced(), name);
  }
};

}  // namespace lamppost

// SPDX-License-Identifier: Apache-2.0
// A service without a socket, and requests for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coap/server.h"
#include "drivers/coap/service.h"

namespace lamppost::coap {

struct Desk {
  ManualClock clock;
  LogLines lines;
  Log log{lines.sink()};
  Notebook notebook;
  Service service{test_options(), notebook.accept(), clock, log};

  // As if nothing else came with it.
  Answer handle(const Request& request) {
    auto answer = service.handle(request);
    if (answer) return *answer;
    return service.settle().at(0);
  }
  std::string code(const Request& request) { return to_text(handle(request).code); }
};

inline Request post(std::vector<std::string_view> path, std::string_view payload = "{}") {
  static std::uint16_t next = 0;
  Request request;
  request.message_id = ++next;
  request.confirmable = true;
  request.path = std::move(path);
  request.payload = payload;
  return request;
}

}  // namespace lamppost::coap

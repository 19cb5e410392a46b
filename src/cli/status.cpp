// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/shelf.h"
#include "status/server.h"
#include "status/snapshot.h"

namespace lamppost::cli {

int status(const Arguments& arguments) {
  arguments.expect_words(0);
  // A daemon with a broken configuration file is just the one somebody wants to ask.
  Findings ignored;
  const auto socket = control_socket(config::load(arguments.config(), ignored));
  const auto response = status::ask(socket, {"GET", "/status", "", true});
  if (response.status != 200) {
    std::cerr << response.body << "\n";
    return kUnavailable;
  }
  const Json view = Json::parse(response.body, nullptr, false);
  std::cout << (arguments.has("--json") ? view.dump(2) + "\n" : status::to_table(view));
  return kOk;
}

}  // namespace lamppost::cli

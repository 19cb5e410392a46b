// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "daemon/app.h"
#include "daemon/stderr_log.h"

namespace lamppost::cli {

int run_daemon(const Arguments& arguments) {
  arguments.expect_words(0);
  const Log log = daemon::stderr_log();
  daemon::App app(arguments.config(), log);
  return app.run() ? kOk : kTemporary;
}

}  // namespace lamppost::cli

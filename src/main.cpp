// SPDX-License-Identifier: Apache-2.0
// argv -> command table -> exit code. The only place that catches everything.
#include <exception>
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "core/finding.h"

int main(int argc, char** argv) {
  using namespace lamppost;
  try {
    return cli::dispatch({argv + 1, argv + argc});
  } catch (const cli::UsageError& fault) {
    std::cerr << "lamppost: " << fault.what() << "\nTry `lamppost help`.\n";
    return cli::kUsage;
  } catch (const ConfigError& fault) {
    const std::string text = fault.what();
    std::cerr << text << (text.empty() || text.back() == '\n' ? "" : "\n");
    return cli::kBadConfig;
  } catch (const std::exception& fault) {
    std::cerr << "lamppost: this is a bug, please report it: " << fault.what() << "\n";
    return cli::kBug;
  }
}

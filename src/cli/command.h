// SPDX-License-Identifier: Apache-2.0
// One table of commands, in commands.cpp; each command is a file of its own.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cli/arguments.h"

namespace lamppost::cli {

struct Command {
  std::string_view name;      // "map"
  std::string_view usage;     // words after the name: "--source S --topic T"
  std::string_view sentence;  // for the list of commands
  std::vector<Option> options;
  int (*run)(const Arguments&);
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

int run_daemon(const Arguments& arguments);
int check(const Arguments& arguments);
int map(const Arguments& arguments);
int discover(const Arguments& arguments);
int decode(const Arguments& arguments);
int test(const Arguments& arguments);
int status(const Arguments& arguments);
int outbox(const Arguments& arguments);
int dead(const Arguments& arguments);
int models(const Arguments& arguments);
int import_estate(const Arguments& arguments);
int help(const Arguments& arguments);

// argv without the program's name -> exit code. Throws UsageError, ConfigError.
int dispatch(const std::vector<std::string>& words);

}  // namespace lamppost::cli

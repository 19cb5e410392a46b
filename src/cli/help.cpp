// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "drivers/catalogue.h"

namespace lamppost::cli {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, text.size()), ' ');
  return result;
}

void list_commands() {
  std::cout << "lamppost brings sensor readings to the city's context broker.\n\n"
               "usage: lamppost COMMAND [OPTION...]\n\n";
  for (const auto& command : commands())
    std::cout << "  " << padded(command.name, 8) << "  " << command.sentence << "\n";
  std::cout << "\nformats:\n";
  std::size_t widest = 0;
  for (const auto* driver : drivers()) widest = std::max(widest, driver->name.size());
  for (const auto* driver : drivers())
    std::cout << "  " << padded(driver->name, widest) << "  " << driver->sentence << "\n";
  std::cout << "\n`lamppost help COMMAND` explains one command.\n";
}

}  // namespace

int help(const Arguments& arguments) {
  arguments.expect_words(1);
  if (arguments.words().empty()) {
    list_commands();
    return kOk;
  }
  const Command* command = find_command(arguments.words()[0]);
  if (command == nullptr) throw UsageError("unknown command \"" + arguments.words()[0] + "\"");
  std::cout << "usage: lamppost " << command->name << (command->usage.empty() ? "" : " ")
            << command->usage << " [OPTION...]\n\n"
            << command->sentence << "\n";
  if (!command->options.empty()) std::cout << "\n";
  for (const auto& option : command->options) {
    const std::string left =
        std::string(option.name) + (option.value.empty() ? "" : " " + std::string(option.value));
    std::cout << "  " << padded(left, 20) << "  " << option.sentence << "\n";
  }
  return kOk;
}

}  // namespace lamppost::cli

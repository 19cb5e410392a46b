// SPDX-License-Identifier: Apache-2.0
// Other people's programs in tests: started with their output in a file, and never left behind.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/temp_directory.h"

namespace lamppost {

// Found through PATH and /usr/sbin.
using Command = std::vector<std::string>;

class Process {
 public:
  Process() = default;
  // Throws when it cannot be started. "" means /dev/null. It dies with the thread that started it.
  explicit Process(const Command& command, const std::filesystem::path& input = {},
                   const std::filesystem::path& output = {});
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();  // SIGKILL, if it still runs

  bool running();
  void signal(int number);
  int wait();  // its exit code, 128 + n when signal n ended it, -1 when there is none

 private:
  pid_t pid_ = -1;
  int code_ = -1;
};

// Runs to its end. Throws with the command and its output when the exit code is not 0.
void run(const Command& command, const std::filesystem::path& input = {});

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace lamppost

// SPDX-License-Identifier: Apache-2.0
#include "cli/input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/arguments.h"

namespace lamppost::cli {
namespace {

constexpr std::size_t kMaxInput = std::size_t{16} << 20;

}  // namespace

std::string read_input(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(
      file == "-" ? nullptr : std::fopen(file.c_str(), "rb"),
      [](std::FILE* f) { return std::fclose(f); });
  if (file != "-" && opened == nullptr)
    throw UsageError(file + " cannot be read: " + std::strerror(errno));
  std::FILE* const in = opened ? opened.get() : stdin;
  std::string text;
  char part[65536];
  while (const std::size_t got = std::fread(part, 1, sizeof part, in)) {
    text.append(part, got);
    if (text.size() > kMaxInput) throw UsageError("the payload has more than 16 MiB");
  }
  // A shell's echo ends the line; a sensor does not.
  if (file == "-" && !text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace lamppost::cli

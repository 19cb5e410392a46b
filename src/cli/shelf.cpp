// SPDX-License-Identifier: Apache-2.0
#include "cli/shelf.h"

#include <charconv>

namespace lamppost::cli {
namespace {

bool parse(const std::string& word, std::int64_t& number) {
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
  return fault == std::errc{} && end == word.data() + word.size();
}

}  // namespace

config::Config load_config(const Arguments& arguments) {
  Findings findings;
  auto config = config::load(arguments.config(), findings);
  if (!findings.ok()) throw ConfigError(findings.to_text());
  return config;
}

std::filesystem::path control_socket(const config::Config& config) {
  return config.gateway.runtime_dir / "control.sock";
}

std::size_t limit_of(const Arguments& arguments) {
  std::int64_t limit = 0;
  if (!parse(arguments.value("--limit", "100"), limit) || limit < 1 || limit > 100'000)
    throw UsageError("--limit wants a number from 1 to 100000");
  return static_cast<std::size_t>(limit);
}

std::int64_t id_of(const std::string& word) {
  std::int64_t id = 0;
  if (!parse(word, id) || id < 1) throw UsageError("\"" + word + "\" is no id; `list` shows them");
  return id;
}

}  // namespace lamppost::cli

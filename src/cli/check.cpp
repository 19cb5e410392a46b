// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "ingest/pipeline.h"

namespace lamppost::cli {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

int check(const Arguments& arguments) {
  arguments.expect_words(0);
  Findings findings;
  const auto pipeline = ingest::Pipeline::build(arguments.config(), findings);
  std::cout << findings.to_text();
  const std::size_t warnings = findings.all().size() - findings.errors();
  if (!pipeline) {
    std::cout << arguments.config().string() << ": " << counted(findings.errors(), "error") << ", "
              << counted(warnings, "warning") << "\n";
    return kBadConfig;
  }
  const auto& config = pipeline->config();
  std::cout << arguments.config().string() << ": good, " << counted(config.sources.size(), "source")
            << ", " << counted(config.mappings.size(), "mapping") << ", "
            << counted(config.brokers.size(), "broker") << ", "
            << counted(config.devices.by_key.size(), "device") << ", "
            << counted(warnings, "warning") << "\n";
  return kOk;
}

}  // namespace lamppost::cli

// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/table.h"
#include "core/log.h"
#include "ingest/pipeline.h"

namespace lamppost::cli {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string place(const Where& where) { return where.file + ':' + std::to_string(where.line); }

// Every key of the mappings with its value and the file that says it: the configuration or a
// profile.
std::string explained(const config::Config& config) {
  std::vector<Row> rows{{"MAPPING", "KEY", "VALUE", "FROM"}};
  for (const auto& mapping : config.mappings) {
    const auto add = [&](std::string key, const std::string& value, const Where& where) {
      if (!value.empty())
        rows.push_back({mapping.name, std::move(key), printable(value, 60), place(where)});
    };
    add("match", mapping.match.value, mapping.match.where);
    add("format", mapping.format.value, mapping.format.where);
    add("counter", mapping.counter.value, mapping.counter.where);
    add("time", mapping.time.from.value, mapping.time.from.where);
    for (const auto& [name, option] : mapping.options)
      add("options." + name, option.value.is_object() ? "a layout" : option.value.dump(),
          option.where);
    for (const auto& entity : mapping.entities) {
      add("model", entity.model.value, entity.model.where);
      add("id", entity.id.value, entity.id.where);
      if (entity.location) add("location", "given", entity.location->where);
      for (const auto& attribute : entity.attributes)
        add(attribute.name.value, attribute.from.empty() ? "derived" : attribute.from.front().value,
            attribute.name.where);
      for (const auto& [name, value] : entity.statics) add(name.value, value.dump(), name.where);
      for (const auto& [name, target] : entity.relationships)
        add(name.value, target.value, name.where);
    }
  }
  return to_table(rows);
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
  if (arguments.has("--explain")) std::cout << "\n" << explained(config);
  return kOk;
}

}  // namespace lamppost::cli

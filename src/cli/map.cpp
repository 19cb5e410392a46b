// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "core/suggest.h"
#include "daemon/system_clock.h"
#include "ingest/ingest.h"

namespace lamppost::cli {
namespace {

std::shared_ptr<const ingest::Pipeline> load(const Arguments& arguments) {
  Findings findings;
  auto pipeline = ingest::Pipeline::build(arguments.config(), findings);
  if (!pipeline) throw ConfigError(findings.to_text());
  return pipeline;
}

Reading reading_of(const Arguments& arguments, const config::Config& config) {
  Reading reading;
  reading.source = arguments.value("--source");
  reading.topic = arguments.value("--topic");
  if (reading.source.empty() && config.sources.size() == 1) reading.source = config.sources[0].name;
  std::vector<std::string> names;
  for (const auto& source : config.sources) names.push_back(source.name);
  if (std::find(names.begin(), names.end(), reading.source) == names.end())
    throw UsageError("--source names no source of the configuration, " +
                     suggest(reading.source, names));
  if (reading.topic.empty()) throw UsageError("--topic is missing");
  reading.content_type = arguments.value("--content-type");
  reading.arrived = SystemClock().now();
  if (arguments.has("--at")) {
    const auto at = parse_rfc3339(arguments.value("--at"));
    if (!at) throw UsageError("--at wants a time such as 2026-03-01T12:00:00Z");
    reading.arrived = *at;
  }
  reading.payload = read_input(arguments.value("--payload", "-"));
  return reading;
}

// What went wrong, to standard error; true when something did.
bool complain(const ingest::Yield& yield, const Reading& reading) {
  if (!yield.matched) {
    std::cerr << "no mapping of source \"" << reading.source << "\" matches topic \""
              << reading.topic << "\"\n";
    return true;
  }
  bool any = false;
  for (const auto& [route, error] : yield.faults) {
    std::cerr << "mapping \"" << route->mapping->name
              << "\": " << (mapping::is_unknown_device(error) ? "held: " : "dead letter: ")
              << error.text << "\n";
    any = true;
  }
  for (const auto& entity : yield.entities) {
    if (entity.mapped.reason.empty()) continue;
    std::cerr << "mapping \"" << entity.route->mapping->name
              << "\": dead letter: " << entity.mapped.update.id << " " << entity.mapped.pointer
              << ": " << entity.mapped.reason << "\n";
    any = true;
  }
  return any;
}

}  // namespace

int map(const Arguments& arguments) {
  arguments.expect_words(0);
  const auto pipeline = load(arguments);
  const Reading reading = reading_of(arguments, pipeline->config());
  mapping::Explanation explanation;
  auto* const told = arguments.has("--explain") ? &explanation : nullptr;
  auto yield = ingest::transform(*pipeline, reading, told);
  ingest::complete_alone(yield, told);
  for (const auto& line : explanation) std::cerr << line << "\n";
  const bool bad = complain(yield, reading);
  std::string text = "[";
  for (const auto& entity : yield.entities)
    if (entity.mapped.reason.empty()) text += (text.size() > 1 ? "," : "") + entity.json;
  std::cout << text << "]\n";
  return bad ? kBadData : kOk;
}

}  // namespace lamppost::cli

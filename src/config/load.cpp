// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <tuple>

#include "config/parts.h"

namespace lamppost::config {
namespace {

Section single(Loading& loading, const Collected& collected, std::string_view name,
               const std::filesystem::path& file) {
  const Where whole{file.string(), 0, 0, ""};
  return {loading, "[" + std::string(name) + "]", collected.singles.at(name), whole, {name}};
}

void warn_when_idle(const Config& config, Loading& loading) {
  if (!loading.findings.ok()) return;  // the table may be there, only not understood
  const Where whole{config.file.string(), 0, 0, ""};
  if (config.sources.empty()) loading.findings.warning(whole, "no [source.NAME]: nothing comes in");
  if (config.brokers.empty()) loading.findings.warning(whole, "no [broker.NAME]: nothing goes out");
  if (config.mappings.empty())
    loading.findings.warning(whole, "no [[mapping]]: nothing that comes in is understood");
}

// A value that several mappings inherit is read several times; its mistake is told once.
void tell_once(const Findings& found, Findings& findings) {
  std::set<std::tuple<std::string, int, int, std::string>> told;
  for (const auto& finding : found.all()) {
    const Where& at = finding.where;
    if (!told.emplace(at.file, at.line, at.column, finding.text).second) continue;
    if (finding.severity == Severity::kError)
      findings.error(at, finding.text, finding.hint);
    else
      findings.warning(at, finding.text, finding.hint);
  }
}

Config read_all(const std::vector<const toml::table*>& roots, const std::filesystem::path& file,
                Loading& loading, Findings& findings) {
  const Collected collected = collect(roots, loading);
  Config config;
  config.file = file;
  config.gateway = read_gateway(single(loading, collected, "gateway", file));
  config.outbox = read_outbox(single(loading, collected, "outbox", file));
  config.clock = read_clock(single(loading, collected, "clock", file));
  config.status = read_status(single(loading, collected, "status", file));
  config.devices = read_devices(single(loading, collected, "devices", file));
  for (const auto& named : collected.sources)
    config.sources.push_back(read_source(loading, named, config.gateway));
  for (const auto& named : collected.brokers) config.brokers.push_back(read_broker(loading, named));
  config.mappings = read_mappings(loading, collected.mappings, config.devices);
  config.calibrations = read_calibrations(loading, collected.calibrations, config.devices);
  for (const auto* table : collected.examples)
    config.examples.push_back(read_example(
        {loading, "[[example]]", Layers(*table), loading.documents.where(*table), {"example"}}));
  check_references(config, loading);
  warn_when_idle(config, loading);
  tell_once(loading.findings, findings);
  return config;
}

}  // namespace

Config::Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;
Config::~Config() = default;

Config load(const std::filesystem::path& file, Findings& findings) {
  Loading loading;
  loading.directory = file.parent_path();
  const auto roots = read_files(file, loading);
  return read_all(roots, file, loading, findings);
}

Config load_text(std::string text, const std::string& name,
                 const std::filesystem::path& config_file, Findings& findings) {
  Loading loading;
  loading.directory = config_file.parent_path();
  std::vector<const toml::table*> roots;
  if (const auto* root = loading.documents.parse(std::move(text), name, loading.findings))
    roots.push_back(root);
  else
    loading.complete = false;
  return read_all(roots, config_file, loading, findings);
}

}  // namespace lamppost::config

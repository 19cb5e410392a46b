// SPDX-License-Identifier: Apache-2.0
#include "cli/trial.h"

#include "cli/toml_text.h"
#include "config/profile.h"
#include "ingest/ingest.h"

namespace lamppost::cli {
namespace {

constexpr std::size_t kShownIds = 4;

// What the mapping that is tried makes of a reading, without those kept before it.
ingest::Yield of_last(const ingest::Pipeline& pipeline, const Reading& reading) {
  auto yield = ingest::transform(pipeline, reading);
  const std::string& name = pipeline.config().mappings.back().name;
  std::erase_if(yield.entities, [&](const auto& one) { return one.route->mapping->name != name; });
  std::erase_if(yield.faults, [&](const auto& one) { return one.first->mapping->name != name; });
  return yield;
}

std::string ids_of(const ingest::Yield& yield) {
  std::string text;
  for (std::size_t i = 0; i < yield.entities.size() && i < kShownIds; ++i)
    text += (i > 0 ? ", " : "") + yield.entities[i].mapped.update.id;
  return text + (yield.entities.size() > kShownIds ? ", ..." : "");
}

// What stands in the way; "" when everything becomes an entity, or nothing is in it to send.
std::string obstacle(const ingest::Yield& yield) {
  if (!yield.faults.empty()) return yield.faults.front().second.text;
  for (const auto& entity : yield.entities)
    if (!entity.mapped.reason.empty())
      return entity.mapped.update.type + ' ' + entity.mapped.pointer + ": " + entity.mapped.reason;
  return yield.matched ? "" : "the topic does not match";
}

std::string first_error(const Findings& findings) {
  for (const auto& finding : findings.all())
    if (finding.severity == Severity::kError) return finding.text;
  return "";
}

}  // namespace

Trial::Trial(const config::Config& config) : file_(config.file.string()) {
  kept_ = "[gateway]\nid = \"discover\"\n[broker.here]\nurl = \"http://127.0.0.1\"\n";
  int port = 1;  // each at a place of its own, as two clients of one broker need two names
  for (const auto& source : config.sources) {
    kept_ += "[source." + key_of(source.name) +
             "]\ntype = \"mqtt\"\nurl = \"mqtt://127.0.0.1:" + std::to_string(port++) + "\"\n";
    source_ = source.name;
  }
}

Tried Trial::run(const std::string& stanza, const std::vector<Reading>& readings) const {
  Findings findings;
  auto loaded = config::load_text(kept_ + stanza, "discover", file_, findings);
  const auto pipeline =
      findings.ok() ? ingest::Pipeline::build(std::move(loaded), findings) : nullptr;
  if (!pipeline) return {false, false, first_error(findings)};
  std::string why;
  for (const Reading& reading : readings) {
    const auto yield = of_last(*pipeline, reading);
    const std::string here = obstacle(yield);
    if (here.empty() && !yield.entities.empty()) return {true, true, ids_of(yield)};
    if (why.empty()) why = here;
  }
  return {true, readings.empty(), why.empty() ? "nothing in these readings is sent" : why};
}

std::vector<std::string> Trial::sent_by(const std::string& profile) const {
  Findings findings;
  const auto config = config::load_text(
      kept_ + "[[mapping]]\nname = \"x\"\nmatch = \"x\"\nsource = " + toml_of(source_) +
          "\nprofile = " + toml_of(profile),
      "discover", file_, findings);
  std::vector<std::string> names;
  if (config.mappings.empty()) return names;
  for (const auto& entity : config.mappings.back().entities)
    for (const auto& attribute : entity.attributes)
      for (const auto& name : attribute.from) names.push_back(name.value);
  return names;
}

}  // namespace lamppost::cli

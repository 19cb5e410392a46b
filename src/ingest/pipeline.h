// SPDX-License-Identifier: Apache-2.0
// The configuration compiled for the one data path: which mappings a topic meets, with their
// decoders and plans. Built by check, map and run alike, so that all three see the same mistakes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "core/finding.h"
#include "drivers/driver.h"
#include "mapping/plan.h"
#include "mapping/topic.h"
#include "model/catalogue.h"

namespace lamppost::ingest {

// One [[mapping]], ready to run.
struct Route {
  const config::Mapping* mapping;
  mapping::TopicTemplate topic;
  Decoder decode;
  mapping::PlanPointer plan;
  std::vector<std::string> destinations;
};

// Immutable after build; shared by the transports' threads.
class Pipeline {
 public:
  // Loads config, models and drivers. Findings without errors mean a usable Pipeline; otherwise
  // null.
  static std::shared_ptr<const Pipeline> build(const std::filesystem::path& config_file,
                                               Findings& findings);
  // The same of a configuration that was loaded already.
  static std::shared_ptr<const Pipeline> build(config::Config loaded, Findings& findings);

  const config::Config& config() const { return *config_; }
  const model::Catalogue& models() const { return *models_; }

  // Routes of a source in file order. Never empty text matching: see Route::topic.
  const std::vector<const Route*>& routes(const std::string& source) const;
  const std::vector<std::unique_ptr<Route>>& all() const { return routes_; }

 private:
  std::unique_ptr<config::Config> config_;
  std::unique_ptr<model::Catalogue> models_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::map<std::string, std::vector<const Route*>> by_source_;
};

}  // namespace lamppost::ingest

// SPDX-License-Identifier: Apache-2.0
// One view of the pipeline, from which page, /metrics, /health and `lamppost status` are all drawn.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/forwarder.h"
#include "core/json.h"
#include "drivers/transport.h"
#include "outbox/outbox.h"

namespace lamppost::status {

struct SourceView {
  std::string name, type, address;
  SourceState state;
};

struct DestinationView {
  std::string name, url;
  broker::DestinationState state;
};

struct Snapshot {
  std::string version, gateway;
  std::int64_t uptime_ms = 0;
  Timestamp now;
  bool clock_trusted = false;
  std::string config_file, config_state;  // "" or why the last reload was refused
  outbox::Totals totals;
  std::uint64_t outbox_max_bytes = 0;
  std::vector<SourceView> sources;
  std::vector<DestinationView> destinations;
};

bool ready(const Snapshot& snapshot, std::string& why_not);
Json to_json(const Snapshot& snapshot);  // of `status --json`, documented in lamppost(1)
std::string to_openmetrics(const Snapshot& snapshot);  // contract: names in docs and README
std::string to_html(const Snapshot& snapshot);  // one page, no script needed, refreshes itself
std::string to_table(const Json& snapshot);     // of `lamppost status`, for people

}  // namespace lamppost::status

// SPDX-License-Identifier: Apache-2.0
// One view of the pipeline, from which page, /metrics, /health and `lamppost status` are all drawn.
#pragma once

#include <map>
#include <optional>
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

// A device that is silent for longer than its `expect`.
struct AbsentDevice {
  std::string name;
  bool is_missing = false;  // else late
  std::int64_t silent_ms = 0, expect_ms = 0;
};

// Of all devices with an `expect`.
struct DevicesView {
  std::uint64_t ok = 0, late = 0, missing = 0, waiting = 0, unwatched = 0;
  std::vector<AbsentDevice> absent;  // the worst first, not all of them
  bool any() const { return ok + late + missing + waiting + unwatched > 0; }
};

struct Snapshot {
  std::string version, gateway;
  std::int64_t uptime_ms = 0;
  Timestamp now;
  bool clock_trusted = false;
  std::string config_file, config_state;  // "" or why the last reload was refused
  outbox::Totals totals;
  std::uint64_t outbox_max_bytes = 0;
  double fill_bytes_per_second = 0;  // of FillRate; 0 = not known yet
  std::vector<SourceView> sources;
  std::vector<DestinationView> destinations;
  DevicesView devices;
};

// Sources are connected and the outbox accepts. A broker that is away does not make the gateway
// unready: bridging that is what the outbox is for.
bool ready(const Snapshot& snapshot, std::string& why_not);

// What the outbox writes to flash in a year if the time since the start is like the rest of it.
// nullopt during the first day: nights differ from days.
std::optional<double> flash_bytes_per_year(const Snapshot& snapshot);

// Of `status --json`; page and table are drawn from it. All of it is valid UTF-8, whatever the
// names and reasons in the snapshot hold.
Json to_json(const Snapshot& snapshot);

std::string to_openmetrics(const Snapshot& snapshot);  // contract: names in docs and README
std::string to_html(const Snapshot& snapshot);  // one page, no script needed, refreshes itself

// Of `lamppost status`, for people. Takes any JSON, also that of a daemon of another version: what
// is missing is shown as 0 or "-". Control characters do not reach the terminal.
std::string to_table(const Json& snapshot);

}  // namespace lamppost::status

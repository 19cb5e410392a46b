// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox_options.h"

#include "ingest/waiting.h"

namespace lamppost::daemon {

outbox::Options outbox_options(const config::Config& config) {
  outbox::Options options;
  options.path = config.outbox.path;
  options.runtime_dir = config.gateway.runtime_dir;
  for (const auto& broker : config.brokers) options.destinations.push_back(broker.name);
  options.destinations.push_back(ingest::kClockDestination);
  options.max_bytes = config.outbox.max_bytes;
  options.max_age = config.outbox.max_age;
  options.power_loss_window = config.outbox.power_loss_window;
  options.drop_oldest = config.outbox.when_full == config::WhenFull::kDropOldest;
  options.min_free_disk = config.outbox.min_free_disk;
  return options;
}

}  // namespace lamppost::daemon

// SPDX-License-Identifier: Apache-2.0
// `dead retry`: dead letters go round again. What a broker refused is queued as it was; what never
// left the gateway is decoded and mapped once more, by today's configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/ingest.h"

namespace lamppost::ingest {

struct Retried {
  std::int64_t id = 0;
  std::string fault;  // "" = queued again
};

// `ids` empty: all dead letters, oldest first. One result for each.
std::vector<Retried> retry_dead(outbox::Outbox& outbox, Ingest& ingest,
                                const std::vector<std::int64_t>& ids);

}  // namespace lamppost::ingest

// SPDX-License-Identifier: Apache-2.0
// What the daemon answers on its status address and control socket: the pages of status/routes.h
// and
//   POST /dead/retry  {"ids": [1, 2]}, empty = all     both on the control socket only
//   POST /dead/purge
#pragma once

#include "ingest/ingest.h"
#include "status/server.h"
#include "status/snapshot.h"

namespace lamppost::daemon {

status::Response respond(const status::Request& request,
                         const std::function<status::Snapshot()>& snapshot, outbox::Outbox& outbox,
                         ingest::Ingest& ingest);

}  // namespace lamppost::daemon

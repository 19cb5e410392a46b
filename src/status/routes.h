// SPDX-License-Identifier: Apache-2.0
// What the status room answers: /, /metrics, /health, /ready and /status. All reads, so they are
// the same on the TCP address and on the control socket.
#pragma once

#include <functional>
#include <optional>

#include "status/server.h"
#include "status/snapshot.h"

namespace lamppost::status {

// Nothing when the path is not one of these. The snapshot is taken only when it is needed.
std::optional<Response> answer(const Request& request, const std::function<Snapshot()>& snapshot);

// {"error": text} with a status: how every fault is told, also those the server finds itself.
Response error_response(int status, const std::string& text);

// The path of a target: without query.
std::string path_of(const Request& request);

}  // namespace lamppost::status

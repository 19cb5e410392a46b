// SPDX-License-Identifier: Apache-2.0
#include "daemon/routes.h"

#include "ingest/retry.h"
#include "status/routes.h"

namespace lamppost::daemon {
namespace {

using status::Request;
using status::Response;

Response json(const Json& body) { return {200, "application/json", body.dump() + "\n"}; }

Response retry(const Request& request, outbox::Outbox& outbox, ingest::Ingest& ingest) {
  std::vector<std::int64_t> ids;
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return status::error_response(400, "expected {\"ids\": [...]}");
  for (const auto& id : body.value("ids", Json::array()))
    if (id.is_number_integer()) ids.push_back(id.get<std::int64_t>());
  Json results = Json::array();
  for (const auto& result : ingest::retry_dead(outbox, ingest, ids))
    results.push_back(
        {{"id", result.id}, {"retried", result.fault.empty()}, {"reason", result.fault}});
  return json(results);
}

Response purge(outbox::Outbox& outbox) {
  const auto purged = outbox.purge_dead();
  if (!purged) return status::error_response(500, purged.error().text);
  return json({{"purged", *purged}});
}

}  // namespace

Response respond(const Request& request, const std::function<status::Snapshot()>& snapshot,
                 outbox::Outbox& outbox, ingest::Ingest& ingest) {
  if (auto read = status::answer(request, snapshot)) return *read;
  const std::string path = status::path_of(request);
  if (path != "/dead/retry" && path != "/dead/purge")
    return status::error_response(404, "no such page");
  if (!request.from_control_socket)
    return status::error_response(403, "only on the control socket");
  if (request.method != "POST") return status::error_response(405, "only POST");
  return path == "/dead/retry" ? retry(request, outbox, ingest) : purge(outbox);
}

}  // namespace lamppost::daemon

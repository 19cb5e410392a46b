// SPDX-License-Identifier: Apache-2.0
#include "status/routes.h"

#include "core/json_text.h"

namespace lamppost::status {
namespace {

Response json_response(int status, const Json& json) {
  Response response{status, "application/json", ""};
  append_json(response.body, json);
  response.body += '\n';
  return response;
}

// The process answers, so it works; what stands in its way is said by /ready.
Response health(const Snapshot& now) {
  return json_response(200, {{"status", "ok"},
                             {"version", now.version},
                             {"uptime_seconds", static_cast<double>(now.uptime_ms) / 1000}});
}

Response readiness(const Snapshot& now) {
  std::string why_not;
  if (ready(now, why_not)) return json_response(200, {{"ready", true}});
  return json_response(503, {{"ready", false}, {"reason", why_not}});
}

Response route(const std::string& path, const Snapshot& now) {
  if (path == "/") return {200, "text/html; charset=utf-8", to_html(now)};
  if (path == "/metrics")
    return {200, "application/openmetrics-text; version=1.0.0; charset=utf-8", to_openmetrics(now)};
  if (path == "/health") return health(now);
  if (path == "/ready") return readiness(now);
  return json_response(200, to_json(now));
}

}  // namespace

std::string path_of(const Request& request) {
  return request.target.substr(0, request.target.find('?'));
}

Response error_response(int status, const std::string& text) {
  return json_response(status, {{"error", text}});
}

std::optional<Response> answer(const Request& request, const std::function<Snapshot()>& snapshot) {
  const auto path = path_of(request);
  if (path != "/" && path != "/metrics" && path != "/health" && path != "/ready" &&
      path != "/status")
    return {};
  if (request.method != "GET" && request.method != "HEAD")
    return error_response(405, path + " is only read: use GET");
  return route(path, snapshot());
}

}  // namespace lamppost::status

// SPDX-License-Identifier: Apache-2.0
#include "status/routes.h"

#include <doctest/doctest.h>

#include "status/sample.h"

using namespace lamppost;
using namespace lamppost::status;

TEST_CASE("routes: each path has its type, and a reason when it is not ready") {
  auto now = all_well();
  int taken = 0;
  const auto get = [&](const char* target, const char* method = "GET") {
    return answer({method, target, ""}, [&] {
      ++taken;
      return now;
    });
  };
  CHECK(get("/")->content_type == "text/html; charset=utf-8");
  CHECK(get("/metrics")->content_type ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(Json::parse(get("/status?x=y")->body) == to_json(now));
  CHECK(get("/health")->body ==
        "{\"status\":\"ok\",\"uptime_seconds\":274000,\"version\":\"0.1.0\"}\n");
  CHECK(get("/ready")->body == "{\"ready\":true}\n");
  now.totals.refusing = "disk full";
  CHECK(get("/health")->status == 200);
  CHECK(get("/ready")->status == 503);
  CHECK(get("/ready")->body == "{\"ready\":false,\"reason\":\"outbox refuses: disk full\"}\n");
  CHECK(get("/", "POST")->status == 405);
  const int before = taken;
  CHECK_FALSE(get("/elsewhere"));
  CHECK(taken == before);
}

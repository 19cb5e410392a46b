// SPDX-License-Identifier: Apache-2.0
// Each case is one answer that a broker or something in front of it gives.
#include "ngsi_ld/classifier.h"

#include "ngsi_ld/answers.h"

namespace lamppost::ngsi_ld {

TEST_CASE("success is 204, 201 and 200, whatever ids the body lists") {
  check_all({
      {"all updated", 204, "", "AAA", NextStep::kContinue},
      {"all created", 201, "[" + kA + "," + kB + "," + kC + "]", "AAA", NextStep::kContinue},
      {"half created", 201, "[" + kB + "]", "AAA", NextStep::kContinue},
      {"repeated, other order", 201, "[" + kC + "," + kA + "," + kC + "]", "AAA",
       NextStep::kContinue},
      {"an id never sent", 201, R"(["urn:x:y"])", "AAA", NextStep::kContinue},
      {"an object (B12)", 201, R"({"@graph":[]})", "AAA", NextStep::kContinue},
      {"no body", 201, "", "AAA", NextStep::kContinue},
      {"FogFlow (B13)", 200, "", "AAA", NextStep::kContinue},
      {"djane (B13)", 200, "{created: a,}", "AAA", NextStep::kContinue},
      {"200 with a batch result", 200, report(kA + "," + kB, etsi("urn:ngsi-ld:S:c", kBad)), "AAD",
       NextStep::kContinue},
  });
}

TEST_CASE("a success that names nothing is asked again") {
  check_all({
      {"201 [] (F04)", 201, "[]", "???", NextStep::kSingly},
      {"201 [] alone", 201, "[]", "?", NextStep::kSingly},
      {"207 empty (B4)", 207, "", "???", NextStep::kSingly},
      {"207 HTML", 207, "<html>", "???", NextStep::kSingly},
      {"207 other JSON", 207, R"({"a":1})", "???", NextStep::kSingly},
      {"207 a number", 207, "7", "???", NextStep::kSingly},
  });
}

TEST_CASE("a page with status 200 is no broker: a captive portal must not swallow readings") {
  check_all({{"portal", 200, "\n <!DOCTYPE html><html>", "RRR", NextStep::kPause}});
}

TEST_CASE("207 in every form seen in the field") {
  const std::string a = "urn:ngsi-ld:S:a", b = "urn:ngsi-ld:S:b", c = "urn:ngsi-ld:S:c";
  check_all({
      {"B1", 207, report(kA + "," + kB, etsi(c, kBad)), "AAD", NextStep::kContinue},
      {"B2", 207, report(kA + "," + kB, scorpio(c, kBad)), "AAD", NextStep::kContinue},
      {"B2 without success", 207, R"({"errors":[)" + scorpio(a, kBad) + "]}", "D",
       NextStep::kContinue},
      {"B3", 207,
       R"([{"success":[{"attributes":[]}],"id":"urn:ngsi-ld:S:a","type":"Upsert"},)"
       R"({"success":[],"id":"urn:ngsi-ld:S:b"},)"
       R"({"failure":[{"type":"BadRequestData","title":"t","detail":{"message":"m"},)"
       R"("errorCode":400}],"id":"urn:ngsi-ld:S:c","type":"Upsert"}])",
       "AAD", NextStep::kContinue},
      {"B6: no error at all", 207, report(kA + "," + kB + "," + kC, ""), "AAA",
       NextStep::kContinue},
      {"B6, nothing listed", 207, report("", ""), "AAA", NextStep::kContinue},
      {"B7: merged instances", 207,
       report(kA + "," + kB + "," + kC,
              etsi(b, R"({"title":"Duplicated Entity","detail":"merged","status":400})")),
       "AAA", NextStep::kContinue},
      {"both lists, other title: the error wins", 207,
       report(kA + "," + kB + "," + kC, etsi(b, kBad)), "ADA", NextStep::kContinue},
      {"B8: database failure of Orion-LD", 207,
       report(kA + "," + kB + "," + kC, etsi(b, R"({"title":"","detail":"mongo","status":400})")),
       "ARA", NextStep::kContinue},
      {"B9: placeholder id", 207, report(kA, etsi("No Entity::id", kBad)), "A??", NextStep::kSplit},
      {"B9 alone", 207, report("", etsi("Invalid entity::id", kBad)), "D", NextStep::kContinue},
      {"B10: success is always empty", 207, report("", etsi(b, kBad)), "?D?", NextStep::kSplit},
      {"B11: strings", 207,
       R"({"success":[)" + kA + "," + kC +
           R"(],"errors":[{"entityId":"urn:ngsi-ld:S:b","error":["no such type"]}]})",
       "ADA", NextStep::kContinue},
      {"success without errors", 207, R"({"success":[)" + kA + "]}", "A??", NextStep::kSplit},
      {"all named by error", 207,
       report("", etsi(a, kBad) + "," + etsi(b, kBad) + "," + etsi(c, kBad)), "DDD",
       NextStep::kContinue},
  });
}

TEST_CASE("errors with another status carry the same list (B14)") {
  const std::string bad1503 =
      R"({"type":"https://uri.etsi.org/ngsi-ld/errors/BadRequestData","title":"x","detail":"S:1503","status":400})";
  check_all({
      {"400", 400, R"({"errors":[)" + scorpio(kOne[0], kBad) + "]}", "D", NextStep::kContinue},
      {"503 that is none", 503, R"({"errors":[)" + scorpio(kOne[0], bad1503) + "]}", "D",
       NextStep::kContinue},
      {"409", 409,
       R"({"errors":[)" + scorpio(kOne[0], R"({"type":"x/AlreadyExists","status":409})") + "]}",
       "R", NextStep::kContinue},
      {"404", 404,
       R"({"errors":[)" + scorpio(kOne[0], R"({"type":"x/NonexistentTenant","status":404})") + "]}",
       "R", NextStep::kPause},
  });
}

TEST_CASE("a problem of one row: what passes by itself is kept, what does not is dead") {
  struct Row {
    std::string problem;
    char fate;
  };
  const std::vector<Row> rows = {
      {R"({"type":"e/InternalError","title":"t","status":500})", 'R'},
      {R"({"type":"e/LdContextNotAvailable","title":"t","status":503})", 'R'},
      {R"({"type":"e/InvalidRequest","title":"t","detail":"40P01","status":400})", 'R'},
      {R"({"type":"e/InvalidRequest","title":"t","detail":"22P02","status":400})", 'D'},
      {R"({"type":"e/InvalidRequest","title":"t","detail":"23505","status":400})", 'R'},
      {R"({"type":"e/X","title":"t","detail":"[08006] I/O error","status":400})", 'R'},
      {R"({"type":"e/X","title":"t","detail":"relation (42P01) missing","status":400})", 'R'},
      {R"({"type":"e/BadRequestData","title":"t","detail":"value 40123 is out","status":400})",
       'D'},
      {R"({"type":"e/BadRequestData","title":"t","detail":"Deadlock found","status":400})", 'R'},
      {R"({"type":"e/BadRequestData","title":"t","detail":"connectionState","status":400})", 'D'},
      {R"({"type":"e/AlreadyExists","title":"t","status":409})", 'R'},
      {R"({"title":"t","status":429})", 'R'},
      {R"({"title":"t","status":501})", 'D'},
      {R"({"type":"e/ResourceNotFound","title":"t","status":404})", 'D'},
      {R"({"type":"e/AccessDenied","title":"t","status":403})", 'R'},
      {R"({"title":"t","status":"400"})", 'D'},
      {R"({"title":"t","status":99999999999999999999})", 'D'},
      {R"("only words")", 'D'},
      {"null", 'D'},
  };
  for (const auto& row : rows) {
    CAPTURE(row.problem);
    const auto body = report(kA + "," + kC, etsi("urn:ngsi-ld:S:b", row.problem));
    const auto result = classify(answer_of(207, body), kThree, 900);
    CHECK(fates_of(result) == std::string("A") + row.fate + "A");
    CHECK_FALSE(result.rows[1].reason.empty());
  }
}

TEST_CASE("a retry knows its pace and its end") {
  const auto of = [](const std::string& problem, const std::string& more = "") {
    const auto body = report(
        kA + "," + kC, R"({"entityId":"urn:ngsi-ld:S:b",)" + more + R"("error":)" + problem + "}");
    return classify(answer_of(207, body), kThree, 900).rows[1];
  };
  CHECK(of(R"({"type":"e/LdContextNotAvailable","status":503})").pace == Pace::kSlow);
  CHECK(of(R"({"type":"e/AlreadyExists","status":409})").pace == Pace::kAtOnce);
  const auto orion = of(R"({"title":"","status":400})");
  CHECK(orion.tries == 5);
  CHECK(orion.in_the_end == RowFate::kDead);
  const auto remote = of(R"({"title":"t","status":504})", R"("registrationId":"urn:r:1",)");
  CHECK(remote.tries == 3);
  CHECK(remote.in_the_end == RowFate::kAccept);
  CHECK(of(R"({"type":"e/InternalError","status":500})").tries == 0);
}

TEST_CASE("when every row waits, it is the destination that has trouble") {
  const std::string context = R"({"type":"e/LdContextNotAvailable","title":"t","status":503})";
  check_all({
      {"context", 207, report("", etsi(kOne[0], context)), "R", NextStep::kBackOff},
      {"internal", 207, report("", etsi(kOne[0], R"({"type":"e/InternalError"})")), "R",
       NextStep::kBackOff},
      {"denied", 207, report("", etsi(kOne[0], R"({"type":"e/AccessDenied"})")), "R",
       NextStep::kPause},
  });
}

TEST_CASE("a refused batch is split, a refused row is dead, a refused configuration pauses") {
  check_all({
      {"400 on three", 400, kBad, "???", NextStep::kSplit},
      {"400 on one", 400, kBad, "D", NextStep::kContinue},
      {"400 without words", 400, "", "D", NextStep::kContinue},
      {"400 from a proxy", 400, "<html>plain HTTP to HTTPS port</html>", "R", NextStep::kPause},
      {"422 on three", 422, kBad, "???", NextStep::kSplit},
      {"422 on one", 422, kBad, "D", NextStep::kContinue},
      {"400 about @context", 400, R"({"title":"JSON Parse Error in @context"})", "RRR",
       NextStep::kPause},
      {"400 about the tenant", 400, R"({"title":"Tenants not supported"})", "RRR",
       NextStep::kPause},
      {"401", 401, "", "RRR", NextStep::kRenewToken},
      {"403 from a PEP", 403, "<html>", "RRR", NextStep::kPause},
      {"404 tenant", 404, R"({"type":"x/NonexistentTenant","title":"t"})", "RRR", NextStep::kPause},
      {"404 route", 404, "<html>", "RRR", NextStep::kFallBack},
      {"405", 405, "", "RRR", NextStep::kFallBack},
      {"406", 406, "", "R", NextStep::kPause},
      {"411", 411, "", "R", NextStep::kPause},
      {"415", 415, "", "R", NextStep::kPause},
      {"301", 301, "", "R", NextStep::kPause},
      {"308 that was not followed", 308, "", "R", NextStep::kPause},
      {"501", 501, "", "R", NextStep::kFallBack},
      {"501 tenant", 501, R"({"type":"x/NoMultiTenantSupport"})", "R", NextStep::kPause},
      {"422 unsupported", 422, R"({"type":"x/OperationNotSupported"})", "R", NextStep::kFallBack},
      {"508", 508, "", "R", NextStep::kPause},
      {"418", 418, "", "R", NextStep::kPause},
      {"202 is no promise", 202, "", "R", NextStep::kPause},
      {"409", 409, "", "RRR", NextStep::kContinue},
      {"413 on three", 413, "<html>", "???", NextStep::kSplit},
      {"413 on one", 413, "", "D", NextStep::kContinue},
      {"500 with a wrong statement", 500, R"x({"title":"missing FROM-clause (42P01)"})x", "R",
       NextStep::kFallBack},
  });
}

TEST_CASE("trouble that passes makes us wait") {
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 520, 599}) {
    CAPTURE(status);
    check_all({{"trouble", status, "", "RRR", NextStep::kBackOff}});
    check_all({{"trouble", status, "<html>", "R", NextStep::kBackOff}});
  }
  CHECK(classify(answer_of(500, ""), kOne, 9).suspicious);
  CHECK_FALSE(classify(answer_of(503, ""), kOne, 9).suspicious);
  const auto context = classify(
      answer_of(503, R"({"type":"https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable"})"),
      kOne, 9);
  CHECK(context.rows[0].pace == Pace::kSlow);
}

}  // namespace lamppost::ngsi_ld

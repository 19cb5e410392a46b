// SPDX-License-Identifier: Apache-2.0
// Writing one entity at a time: what is sent, in which order, and what answers mean.
#include "ngsi_ld/single_write.h"

#include "core/json.h"
#include "ngsi_ld/answers.h"

namespace lamppost::ngsi_ld {
namespace {

const std::string kId = "urn:ngsi-ld:S:a";
const std::string kPayload =
    R"({"id":"urn:ngsi-ld:S:a","type":"S","n":{"type":"Property","value":1,)"
    R"("observedAt":"2026-03-01T12:00:00.000Z"},"owner":{"type":"Property","value":"x"}})";
const std::string kMissing = R"({"type":"https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"})";
const std::string kThere = R"({"type":"https://uri.etsi.org/ngsi-ld/errors/AlreadyExists"})";

struct Step {
  int status;
  std::string body;
};

// The verbs that the answers lead to, and what the last answer means: "POST attrs, POST entities:
// A"
std::string course(WriteMode mode, const std::vector<Step>& answers) {
  SingleWrite write(mode, kId, kPayload);
  std::string verbs;
  for (const auto& step : answers) {
    const auto request = write.request();
    verbs += (verbs.empty() ? "" : ", ") + std::string(request.method) + " " +
             request.target.substr(request.target.rfind('/') + 1);
    const auto answer = answer_of(step.status, step.body);
    if (write.goes_on(answer)) continue;
    const auto result = write.classify(answer, 100);
    const char* next[] = {"", "back off", "split", "singly", "pause", "fall back", "renew"};
    return verbs + ": " + fates_of(result) + " " + next[static_cast<int>(result.next)];
  }
  return verbs + ": goes on";
}

}  // namespace

TEST_CASE("a request about one entity: its id in the target, its attributes in the body") {
  const auto append = append_request(kId, kPayload);
  CHECK(append.method == "POST");
  CHECK(append.target == "/ngsi-ld/v1/entities/urn:ngsi-ld:S:a/attrs");
  const Json fragment = Json::parse(append.body);
  CHECK(fragment.size() == 2);
  CHECK(fragment["n"] == Json::parse(kPayload)["n"]);
  CHECK(merge_request(kId, kPayload).method == "PATCH");
  CHECK(merge_request(kId, kPayload).target == "/ngsi-ld/v1/entities/urn:ngsi-ld:S:a");
  CHECK(create_request(kPayload).body == kPayload);
  CHECK(create_request(kPayload).target == "/ngsi-ld/v1/entities");
  CHECK(merge_request("urn:a b/?\xC3\xA9%", kPayload).target ==
        "/ngsi-ld/v1/entities/urn:a%20b%2F%3F%C3%A9%25");
}

TEST_CASE("for the history every attribute is a list of one, and what has no time stays out") {
  const auto request = temporal_request(kPayload);
  REQUIRE(request);
  CHECK(request->target == "/ngsi-ld/v1/temporal/entities");
  const Json body = Json::parse(request->body);
  CHECK(body["id"] == kId);
  CHECK(body["type"] == "S");
  CHECK(body["n"].is_array());
  CHECK(body["n"][0]["observedAt"] == "2026-03-01T12:00:00.000Z");
  CHECK_FALSE(body.contains("owner"));
  CHECK_FALSE(temporal_request(R"({"id":"urn:a:b","type":"S"})"));
  CHECK_FALSE(temporal_request("[]"));
}

TEST_CASE("the words of the configuration") {
  for (const auto mode :
       {WriteMode::kUpdate, WriteMode::kReplace, WriteMode::kAppend, WriteMode::kMerge})
    CHECK(write_mode(word_for(mode)) == mode);
  CHECK_FALSE(write_mode("upsert"));
  CHECK(batch_target(WriteMode::kReplace) == "/ngsi-ld/v1/entityOperations/upsert");
}

TEST_CASE("append: attributes, else the entity, else attributes again") {
  const auto of = [](const std::vector<Step>& steps) { return course(WriteMode::kAppend, steps); };
  CHECK(of({{204, ""}}) == "POST attrs: A ");
  CHECK(of({{404, kMissing}, {201, ""}}) == "POST attrs, POST entities: A ");
  CHECK(of({{404, kMissing}, {409, kThere}, {204, ""}}) ==
        "POST attrs, POST entities, POST attrs: A ");
  CHECK(of({{404, "<html>"}}) == "POST attrs: R fall back");
  CHECK(of({{405, ""}}) == "POST attrs: R fall back");
  CHECK(of({{404, R"({"type":"x/NonexistentTenant"})"}}) == "POST attrs: R pause");
  CHECK(of({{404, kMissing}, {404, "<html>"}}) == "POST attrs, POST entities: R fall back");
  CHECK(of({{503, ""}}) == "POST attrs: R back off");
  CHECK(of({{401, ""}}) == "POST attrs: R renew");
  CHECK(of({{400, kBad}}) == "POST attrs: D ");
  CHECK(of({{404, kMissing}, {400, kBad}}) == "POST attrs, POST entities: D ");
  CHECK(of({{409, kThere}}) == "POST attrs: R ");
}

TEST_CASE("merge: 404 for an entity that is there is a denial, and nothing goes round for ever") {
  const auto of = [](const std::vector<Step>& steps) { return course(WriteMode::kMerge, steps); };
  CHECK(of({{404, kMissing}, {409, kThere}, {404, kMissing}}) ==
        "PATCH urn:ngsi-ld:S:a, POST entities, PATCH urn:ngsi-ld:S:a: R pause");
  CHECK(of({{204, ""}}) == "PATCH urn:ngsi-ld:S:a: A ");
  SingleWrite write(WriteMode::kMerge, kId, kPayload);
  int sent = 1;
  while (write.goes_on(answer_of(sent % 2 == 1 ? 404 : 409, sent % 2 == 1 ? kMissing : kThere)))
    REQUIRE(++sent < 10);
  CHECK(sent <= 4);
}

TEST_CASE("207 of one entity says which attributes were not taken") {
  const auto of = [](const std::string& body) { return course(WriteMode::kAppend, {{207, body}}); };
  CHECK(of(R"({"updated":["n"],"notUpdated":[]})") == "POST attrs: A ");
  CHECK(of(R"({"updated":["n"]})") == "POST attrs: A ");
  CHECK(of(R"({"updated":[],"notUpdated":[{"attributeName":"n","reason":"bad value"}]})") ==
        "POST attrs: D ");
  CHECK(of(R"({"notUpdated":[{"attributeName":"n","reason":"Deadlock found"}]})") ==
        "POST attrs: R ");
  CHECK(of("") == "POST attrs: ? singly");
}

TEST_CASE("F48: answers to a temporal write") {
  const auto of = [](int status, const std::string& body) {
    const auto result = classify_temporal(answer_of(status, body), kId, 100);
    return fates_of(result) + std::to_string(static_cast<int>(result.next));
  };
  const auto fall_back = "R" + std::to_string(static_cast<int>(NextStep::kFallBack));
  CHECK(of(201, "") == "A0");
  CHECK(of(204, "") == "A0");
  CHECK(of(503, R"({"title":"TRoE Not Enabled","status":503})") == fall_back);
  CHECK(of(404, "<html>") == fall_back);
  CHECK(of(405, "") == fall_back);
  CHECK(of(422, "djane") == fall_back);
  CHECK(of(501, "") == fall_back);
  CHECK(of(503, "") == "R" + std::to_string(static_cast<int>(NextStep::kBackOff)));
  CHECK(of(400, kBad) == "D0");
}

}  // namespace lamppost::ngsi_ld

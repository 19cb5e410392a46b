// SPDX-License-Identifier: Apache-2.0
// F41: whatever a configuration asks for and whatever a device says, no request breaks a rule that
// some broker holds. Random mappings over the real catalogue, random readings, every way of
// writing; without a network. LAMPPOST_CASES sets how many, LAMPPOST_SEED which.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <sstream>

#include "broker/request_head.h"
#include "core/json_text.h"
#include "dice.h"
#include "mapping/mapping_fixture.h"
#include "ngsi_ld/write_mode.h"
#include "support/upsert_rules.h"

namespace lamppost {
namespace {

using mapping::here;

long from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atol(text) : otherwise;
}

// Mostly what the model asks for: what is refused at once tests nothing behind it.
Json fitting(Dice& dice, const model::AttributeModel& wanted) {
  if (dice.one_in(6)) return dice.value();
  if (!wanted.values.empty() && !dice.one_in(8)) {
    const Json word = dice.any(wanted.values);
    return wanted.type == model::JsonType::kArray ? Json::array({word}) : word;
  }
  if (wanted.kind == AttributeKind::kRelationship) return "urn:ngsi-ld:Thing:t" + dice.text();
  if (wanted.kind == AttributeKind::kGeoProperty)
    return {{"type", "Point"}, {"coordinates", {dice.number(), dice.number()}}};
  switch (wanted.type) {
    case model::JsonType::kNumber:
      return wanted.min && wanted.max && !dice.one_in(4)
                 ? *wanted.min + dice.below(101) / 100.0 * (*wanted.max - *wanted.min)
                 : dice.number();
    case model::JsonType::kInteger:
      return dice.below(1000);
    case model::JsonType::kString:
      return dice.text();
    case model::JsonType::kUri:
      return "urn:a:" + dice.text();
    case model::JsonType::kBoolean:
      return dice.one_in(2);
    case model::JsonType::kObject:
      return {{dice.text(), dice.value()}};
    case model::JsonType::kArray:
      return Json::array({dice.text(), dice.text()});
    case model::JsonType::kDateTime:
      return "2026-03-01T12:00:00Z";
    default:
      return dice.value();
  }
}

// A mapping, and what its observations are to hold.
struct Written {
  config::Mapping mapping;
  std::vector<const model::AttributeModel*> observed;
};

config::AttributeRule random_rule(Dice& dice, Written& written,
                                  const model::AttributeModel& wanted) {
  auto rule = mapping::rule(wanted.name, "/" + std::to_string(written.observed.size()));
  written.observed.push_back(&wanted);
  const bool number =
      wanted.type == model::JsonType::kNumber || wanted.type == model::JsonType::kInteger;
  const int odds = number ? 1 : 10;
  if (!wanted.unit.empty() && dice.one_in(2)) rule.unit = here(wanted.unit);
  if (dice.one_in(20 * odds))
    rule.unit = here(dice.any(std::vector<std::string>{"FAH", "CEL", "P1", "GQ"}));
  if (dice.one_in(6 * odds)) rule.scale = dice.number();
  if (dice.one_in(6 * odds)) rule.offset = dice.number();
  if (dice.one_in(3 * odds)) rule.decimals = dice.below(13);
  if (dice.one_in(10 * odds)) rule.min = dice.number();
  if (dice.one_in(10 * odds)) rule.max = dice.number();
  if (dice.one_in(6)) rule.sentinel = {dice.value()};
  if (dice.one_in(12)) rule.map[dice.text()] = fitting(dice, wanted);
  if (dice.one_in(12)) rule.otherwise = fitting(dice, wanted);
  return rule;
}

config::LocationRule random_place(Dice& dice) {
  config::LocationRule place;
  if (!dice.one_in(4))
    place.fixed = Json::array({dice.below(360) - 180, dice.below(180) - 90});
  else if (dice.one_in(2))
    place.fixed = Json::array({dice.number(), dice.number()});
  else
    place.lon = here("/1"), place.lat = here("/2");
  return place;
}

config::EntityRule random_entity(Dice& dice, Written& written) {
  config::EntityRule entity;
  const auto type = dice.any(mapping::catalogue().types());
  entity.model = here(type);
  entity.id = here("urn:ngsi-ld:" + type + ":" + (dice.one_in(4) ? "{other}" : "{station}"));
  if (!dice.one_in(12)) entity.location = random_place(dice);
  for (const auto& attribute : mapping::catalogue().find(type)->attributes) {
    if (attribute.name == "location") continue;
    const bool wanted = attribute.required ? !dice.one_in(50) : dice.one_in(8);
    if (!wanted || (attribute.fill != model::Fill::kNone && !dice.one_in(8))) continue;
    if (attribute.kind == AttributeKind::kRelationship)
      entity.relationships.push_back({here(attribute.name), here("urn:ngsi-ld:Device:{station}")});
    else if (attribute.required && dice.one_in(2))
      entity.statics.push_back({here(attribute.name), fitting(dice, attribute)});
    else
      entity.attributes.push_back(random_rule(dice, written, attribute));
  }
  return entity;
}

ObservationGroup random_group(Dice& dice, const Written& written) {
  ObservationGroup group;
  group.device = dice.text();
  if (dice.one_in(3)) group.device_time = Timestamp{dice.below(2'000'000'000) * 1000LL};
  for (std::size_t i = 0; i < written.observed.size(); ++i)
    if (!dice.one_in(5))
      group.observations.push_back({"/" + std::to_string(i), fitting(dice, *written.observed[i]),
                                    dice.one_in(20) ? "P1" : ""});
  return group;
}

// What the rows of one reading are once they are a batch: one of an id, sorted.
std::vector<BatchRow> rows_of(const std::vector<mapping::Mapped>& all) {
  std::map<std::string, BatchRow> by_id;
  for (const auto& mapped : all) {
    // As ingest does before it stores.
    if (!mapped.reason.empty() || ngsi_ld::check_id(mapped.update.id)) continue;
    BatchRow row;
    row.entity = mapped.update.id;
    row.payload = ngsi_ld::to_json(mapped.update);
    by_id[row.entity] = row;
  }
  std::vector<BatchRow> rows;
  for (auto& [id, row] : by_id) rows.push_back(row);
  return rows;
}

std::vector<BatchRow> random_rows(Dice& dice) {
  config::Config config;
  Written written;
  written.mapping.name = "air";
  written.mapping.match = here("air/{station}/state");
  written.mapping.capture = {{"other", here("/0")}};
  written.mapping.period = std::chrono::minutes(15);
  for (int i = dice.below(3); i >= 0; --i)
    written.mapping.entities.push_back(random_entity(dice, written));
  Findings findings;
  const auto plan = mapping::compile(written.mapping, config, mapping::catalogue(), findings);
  if (plan == nullptr) return {};
  const std::string station = dice.one_in(3) ? dice.text() : "s" + std::to_string(dice.below(99));
  const auto mapped =
      map(*plan, {{"station", station}}, random_group(dice, written), mapping::kNoon);
  return mapped.ok() ? rows_of(*mapped) : std::vector<BatchRow>{};
}

// The text that would go over the wire, read as a server would.
SeenRequest seen(const broker::RequestHead& head, const broker::Request& request) {
  SeenRequest result;
  std::istringstream lines(head.text(request));
  std::string version, line;
  lines >> result.method >> result.target >> version;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = line.find(": ");
    REQUIRE(colon != std::string::npos);
    result.headers.emplace_back(line.substr(0, colon),
                                line.substr(colon + 2, line.size() - colon - 3));
  }
  result.body = std::string(request.body);
  return result;
}

// RFC 3986, 3.3 and 3.4, and nothing that a proxy might read in its own way.
bool is_target(const std::string& text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  std::string_view("-._~:/?=%").find(c) != std::string_view::npos;
         });
}

struct Inspector {
  broker::RequestHead head;
  long requests = 0, entities = 0;

  void look(const broker::Request& request) {
    const auto wire = seen(head, request);
    std::string broken;
    for (const auto& breach : breaches_of(wire)) broken += breach.text + "; ";
    if (wire.header("Content-Length") != std::to_string(wire.body.size())) broken += "length; ";
    if (!is_utf8(wire.body)) broken += "UTF-8; ";
    if (!is_target(wire.target)) broken += "target " + wire.target + "; ";
    REQUIRE_MESSAGE(broken.empty(), broken, wire.body);
    ++requests;
  }
  void look_alone(const ngsi_ld::Request& request) {
    look({request.method, request.target, request.body});
  }
  void batch(const std::vector<BatchRow>& rows) {
    const std::string body = ngsi_ld::batch_body(rows);
    look({"POST", ngsi_ld::batch_target(ngsi_ld::WriteMode::kUpdate), body});
    for (const auto& row : rows) entity(row);
  }
  void entity(const BatchRow& row) {
    const auto flaw = flaw_of(Json::parse(row.payload));
    REQUIRE_MESSAGE(flaw.empty(), flaw, row.payload);
    ++entities;
    for (const auto& change : {ngsi_ld::append_request(row.entity, row.payload),
                               ngsi_ld::merge_request(row.entity, row.payload)}) {
      look_alone(change);
      const Json attributes = Json::parse(change.body);
      REQUIRE_FALSE(attributes.contains("id"));
      REQUIRE_FALSE(attributes.contains("type"));
    }
    look_alone(ngsi_ld::create_request(row.payload));
    const auto late = ngsi_ld::temporal_request(row.payload);
    if (!late) return;
    look_alone(*late);
    const auto wrong = flaw_of_history(Json::parse(late->body));
    REQUIRE_MESSAGE(wrong.empty(), wrong, late->body);
  }
};

broker::RequestHead some_head() {
  config::Broker broker;
  broker.url = "http://city:1026/base";
  broker.tenant = "antwerp";
  broker.tenant_header = "NGSILD-Tenant";
  broker.context = "https://city.example/context.jsonld";
  return {*broker::parse_url(broker.url), broker};
}

}  // namespace

TEST_CASE("F41 F40: no request of any configuration and any reading breaks a rule") {
  const long cases = from_environment("LAMPPOST_CASES", 2000);
  const long seed = from_environment("LAMPPOST_SEED", std::random_device{}() % 1'000'000);
  CAPTURE(seed);
  Dice dice(static_cast<unsigned>(seed));
  Inspector inspector{some_head()};
  for (long i = 0; i < cases; ++i) {
    CAPTURE(i);
    if (const auto rows = random_rows(dice); !rows.empty()) inspector.batch(rows);
  }
  MESSAGE(cases << " cases, seed " << seed << ": " << inspector.entities << " entities in "
                << inspector.requests << " requests");
  // Many random configurations are refused when they are loaded; enough must be left.
  CHECK(inspector.entities > cases / 20);
}

}  // namespace lamppost

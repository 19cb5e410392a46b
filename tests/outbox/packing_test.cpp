// SPDX-License-Identifier: Apache-2.0
#include "outbox/packing.h"

#include <doctest/doctest.h>

#include <string>

#include "support/noise.h"

namespace lamppost::outbox {
namespace {

// Much as ngsi_ld::to_json() writes it.
std::string entity(int number) {
  std::string text = R"({"id":"urn:ngsi-ld:AirQualityObserved:quay-)" + std::to_string(number) +
                     R"(","type":"AirQualityObserved")";
  for (const auto* name : {"pm25", "pm10", "no2", "o3", "temperature", "relativeHumidity"})
    text += std::string(",\"") + name + R"(":{"type":"Property","value":)" +
            std::to_string(number % 97) + "." + std::to_string(number % 7) +
            R"(,"unitCode":"GQ","observedAt":"2026-03-01T12:00:00.000Z"})";
  return text + R"(,"location":{"type":"GeoProperty","value":{"type":"Point","coordinates":)" +
         R"([4.4025,51.2194]}},"dateObserved":{"type":"Property","value":{"@type":"DateTime",)" +
         R"("@value":"2026-03-01T12:00:00.000Z"}}})";
}

}  // namespace

TEST_CASE("packing: texts of every kind come back as they were") {
  Packer packer;
  for (const std::string& text : {std::string(), std::string("1"), entity(1), noise(300'000),
                                  std::string(2'000'000, 'x'), std::string("\0\xFF", 2)})
    CHECK(packer.unpack(packer.pack(text)) == text);
}

TEST_CASE("packing: an entity shrinks to a quarter and less") {
  Packer packer;
  for (int number = 0; number < 100; ++number)
    CHECK(packer.pack(entity(number)).size() < entity(number).size() / 4);
}

TEST_CASE("packing: truncated, lengthened and damaged bytes are told from good ones") {
  Packer packer;
  const std::string good = packer.pack(entity(7));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(packer.unpack(good.substr(0, size)));
  CHECK_FALSE(packer.unpack(good + 'x'));
  std::size_t undamaged = 0;  // a bit that says nothing, or the same in other words
  for (std::size_t at = 0; at < good.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const auto seen = packer.unpack(bad);
      undamaged += seen.has_value();
      CHECK(seen.value_or(entity(7)) == entity(7));
    }
  CHECK(undamaged < good.size() / 8);
  CHECK_FALSE(packer.unpack(entity(7)));
  CHECK(packer.unpack(good) == entity(7));  // none of it has harmed the next
}

}  // namespace lamppost::outbox

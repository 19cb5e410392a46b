// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/formats/decode.h"

using namespace lamppost;

TEST_CASE("catalogue: every driver has its own name, a sentence, and is found by its name") {
  std::set<std::string_view> names;
  for (const Driver* driver : drivers()) {
    CAPTURE(driver->name);
    CHECK(names.insert(driver->name).second);
    CHECK_FALSE(driver->sentence.empty());
    CHECK(find_driver(driver->name) == driver);
    if (driver->name != "bytes") CHECK(driver->open({}) != nullptr);  // it needs a layout
  }
  CHECK(driver_names().size() == names.size());
  for (const char* name : {"json", "text", "senml", "ultralight"}) CHECK(names.contains(name));
  CHECK(find_driver("jsn") == nullptr);
}

TEST_CASE("catalogue: only json takes `each`, and no driver takes an unknown option") {
  for (const Driver* driver : drivers()) {
    CAPTURE(driver->name);
    CHECK_THROWS_AS(driver->open({{}, "", {{"no_such_option", 1}}}), OptionError);
    if (driver->name != "json") CHECK_THROWS_AS(driver->open({{}, "/rows", {}}), OptionError);
  }
}

TEST_CASE("catalogue: a reading is recognised by the one format that it is of") {
  struct Case {
    const char *format, *topic, *payload, *content_type;
  };
  for (const Case& one : {
           Case{"ultralight", "/ul/k/d/attrs/t", "15", ""},
           Case{"ultralight", "x", "t|15", ""},
           Case{"iota_json", "/json/k/d/attrs", R"({"t":15})", ""},
           Case{"iota_json", "json/k/d/attrs/t", "15", ""},
           Case{"senml", "x", R"([{"bn":"a:","n":"t","v":1}])", ""},
           Case{"senml", "x", "\x81\xA1", "application/senml+cbor"},
           Case{"cayenne_lpp", "x", "\x01\x67\x01\x10", ""},
           Case{"lwm2m", "x/3303/0", "\xE4\x16", "application/vnd.oma.lwm2m+tlv"},
           Case{"lwm2m", "x", R"({"bn":"/3303/0/","e":[{"n":"5700","v":1}]})", ""},
           Case{"dsmr_p1", "x", "/KFM5\r\n\r\n1-0:1.8.1(1*kWh)\r\n!\r\n", ""},
           Case{"sparkplug_b", "spBv1.0/g/NBIRTH/n", "\x08\x01\x18\x01", ""},
           Case{"ocpp", "x", R"([2, "4", "Heartbeat", {}])", ""},
           Case{"sensorthings", "x", R"({"phenomenonTime":"2026-03-01T12:00:00Z","result":1})", ""},
           Case{"", "x", R"({"t":21.5})", ""},
           Case{"", "x", "21.5", ""},
       }) {
    CAPTURE(one.payload);
    std::string recognised;
    for (const Driver* driver : drivers())
      if (driver->recognises != nullptr &&
          driver->recognises(formats::reading_of(one.payload, one.content_type, one.topic)))
        recognised += std::string(recognised.empty() ? "" : " ").append(driver->name);
    CHECK(recognised == one.format);
  }
}

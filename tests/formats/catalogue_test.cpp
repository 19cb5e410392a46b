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

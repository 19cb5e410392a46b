// SPDX-License-Identifier: Apache-2.0
// Random values, the nasty ones above all; the same for the same seed.
#pragma once

#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "core/json.h"

namespace lamppost {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  bool one_in(int n) { return below(n) == 0; }
  template <typename List>
  auto any(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(std::size(list))))];
  }

  // Text as devices, attackers and broken radios write it.
  std::string text() {
    static const std::vector<std::string> kNasty = {
        "",           "quay-7",   "a b",        "a;b",       "<x>",  "\"",    "\\",
        "null",       "NaN",      "1e999",      "v\xC3\xBD", "\xFF", "\xC3",  "\xED\xA0\x80",
        "value=null", "a/b",      "21.5",       "-0",        "#",    "+",     "urn:ngsi-ld:null",
        "urn:a:b",    "\x01\x1f", "2026-02-30", "true",      ":",    "@type", "\xE2\x80\xAE"};
    std::string made = any(kNasty);
    if (one_in(4)) made += std::string(1, '\0') + "z";
    if (one_in(4)) made += any(kNasty);
    if (one_in(50)) made += std::string(300, 'x');
    return made;
  }
  double number() {
    static const std::vector<double> kOdd = {0,      -0.0, 1,     -1,           45,
                                             100,    1e15, 1e16,  1e300,        -1e300,
                                             5e-324, 0.1,  65535, 2147483648.0, 180.0001};
    return one_in(2) ? any(kOdd) : std::uniform_real_distribution<double>(-200, 200)(engine_);
  }
  Json value(int depth = 0) {
    switch (below(depth > 2 ? 6 : 9)) {
      case 0:
        return nullptr;
      case 1:
        return one_in(2);
      case 2:
        return text();
      case 3:
        return below(1000) - 500;
      case 4:
      case 5:
        return number();
      case 6:
        return Json::array();
      case 7: {
        Json list = Json::array();
        for (int i = below(4); i > 0; --i) list.push_back(value(depth + 1));
        return list;
      }
      default: {
        Json object = Json::object();
        for (int i = below(4); i > 0; --i) object[one_in(3) ? "@type" : text()] = value(depth + 1);
        return object;
      }
    }
  }

 private:
  std::mt19937 engine_;
};

}  // namespace lamppost

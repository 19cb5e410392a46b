// SPDX-License-Identifier: Apache-2.0
// Numbers in text that is no JSON. Independent of the locale; integers stay integers, and an
// integer too large for 64 bits becomes a real.
#pragma once

#include <optional>
#include <string_view>

#include "core/json.h"

namespace lamppost::formats {

// Cuts blanks, line ends and NUL bytes (of C strings that went out whole) from both ends.
std::string_view trimmed(std::string_view text);

// All of `text`, blanks around it aside, as a finite number: what JSON allows, and also "+5",
// "007", ".5" and "5.". A comma is no decimal point: "1,234" means different things to different
// people. nullopt for everything else, NaN and infinity among it.
std::optional<Json> parse_number(std::string_view text);

// The real whose text is the shortest for a real of 32 bits: 22.9, not 22.899999618530273. NaN and
// infinity stay.
double shortest(float real);

// A number with its unit glued on: "-59 dBm", "45%", "21.4°C". The suffix may be empty.
struct Measure {
  Json number;
  std::string_view suffix;
};
std::optional<Measure> parse_measure(std::string_view text);

}  // namespace lamppost::formats

// SPDX-License-Identifier: Apache-2.0
// One door to every decoder of the catalogue, for the fuzzer and for the test with mutated inputs.
#pragma once

#include <string>
#include <string_view>

namespace lamppost {

// The first byte picks what reads the rest:
//   bits 0-3  driver, by its place in the catalogue    bits 4-5  content type
//   bit 6     some names are wanted, else all          bit 7     json: elements of "/r"
// Returns "" when the decoder kept its promises, else which one it broke. A decoder that crashes
// does not return.
std::string decode_any(std::string_view input);

}  // namespace lamppost

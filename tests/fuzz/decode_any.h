// SPDX-License-Identifier: Apache-2.0
// One door to every decoder of the catalogue, for the fuzzer and for the test with mutated inputs.
#pragma once

#include <string>
#include <string_view>

namespace lamppost {

// An input is a byte of flags, the name of a driver, perhaps a blank and a topic, a line end and a
// payload. The flags:
//   bits 0-3  content type, by its place in decode_any.cpp
//   bit 5     another layout of the bytes
//   bit 6     some names are wanted, else all          bit 7     json: elements of "/r";
//                                                             lorawan: the bytes, by a layout
// Returns "" when the decoder kept its promises, else which one it broke. A decoder that crashes
// does not return.
std::string decode_any(std::string_view input);

// The driver that reads this input without a fault, "" when none does.
std::string_view driver_read_by(std::string_view seed);

}  // namespace lamppost

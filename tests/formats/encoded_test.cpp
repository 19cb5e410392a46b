// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/encoded.h"

#include <doctest/doctest.h>

#include "core/hex.h"

using namespace lamppost;
using namespace lamppost::formats;

TEST_CASE("encoded: base64 with and without padding, in both alphabets") {
  CHECK(decode_base64("AQID") == "\x01\x02\x03");
  CHECK(decode_base64("AQI=") == decode_base64("AQI"));
  CHECK(to_hex(decode_base64("_-8").value()) == "ffef");
  CHECK(to_hex(decode_base64("/+8=").value()) == "ffef");
  CHECK_FALSE(decode_base64("A"));
  CHECK_FALSE(decode_base64("AQ=I"));
  CHECK_FALSE(decode_base64("AQI=="));
  CHECK_FALSE(from_hex("abc"));
  CHECK(to_hex(from_hex("AB cd").value()) == "abcd");
}

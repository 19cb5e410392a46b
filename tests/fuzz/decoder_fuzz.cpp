// SPDX-License-Identifier: Apache-2.0
// libFuzzer over every decoder of the catalogue:
//   cmake --preset fuzz && cmake --build build/fuzz --target decoder_fuzz
//   mkdir -p corpus && build/fuzz/tests/fuzz/decoder_fuzz -max_total_time=60 corpus
//   tests/fuzz/seeds
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/decode_any.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto broken = lamppost::decode_any({reinterpret_cast<const char*>(bytes), size});
  if (broken.empty()) return 0;
  std::fprintf(stderr, "broken promise: %s\n", broken.c_str());
  std::abort();
}

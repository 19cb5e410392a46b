// SPDX-License-Identifier: Apache-2.0
// The one door to toml++: nobody else includes it, or two sets of its inline functions would meet.
//
// toml++ 3.3 asserts what a wrong text breaks ("[=]", "x = [1, }") and reports the same mistake
// properly a few lines on. So its assertions are off, and NDEBUG is hidden from it, because with
// NDEBUG it has clang's optimizer assume them.
#pragma once

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

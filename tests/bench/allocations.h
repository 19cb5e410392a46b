// SPDX-License-Identifier: Apache-2.0
// Counts what a program allocates; link allocations.cpp, which replaces operator new.
#pragma once

#include <cstddef>

// Calls of operator new so far; of programs with one thread.
std::size_t allocations();

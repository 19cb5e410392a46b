// SPDX-License-Identifier: Apache-2.0
// Boost 1.74's awaitable.hpp uses std::exchange without including it.
#pragma once

#include <utility>

// After <utility>, whatever the alphabet says.
#include <boost/asio/awaitable.hpp>

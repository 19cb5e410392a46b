// SPDX-License-Identifier: Apache-2.0
// Network errors in the words of an operator.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <string>

namespace lamppost::broker {

// "connection refused"; `on_timeout` when the deadline passed.
std::string words_for(const boost::system::error_code& error, const std::string& on_timeout);

// "400 ms", "4 s", "12 min", "3 h", "2 days": one unit, rounded down.
std::string in_words(std::chrono::milliseconds span);

}  // namespace lamppost::broker

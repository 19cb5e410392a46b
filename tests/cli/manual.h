// SPDX-License-Identifier: Apache-2.0
// What the man pages and the completion say of commands and options, made from the tables that
// `lamppost help` and the loader use. Written by hand is only what stands below the mark.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace lamppost::manual {

// The line that ends the part of a man page which is made here.
inline constexpr std::string_view kMark = ".\\\" Everything above is made from the tables.\n";

// File name in docs/man -> its text down to the mark, in roff with the macros of man(7).
std::map<std::string, std::string> pages();

// The completion for bash, whole.
std::string completion();

// The part of `text` that is written by hand: what follows the mark, else nothing.
std::string by_hand(const std::string& text);

}  // namespace lamppost::manual

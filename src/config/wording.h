// SPDX-License-Identifier: Apache-2.0
// The words of findings: what an option expects, what was seen instead, how to write it right.
#pragma once

#include <string>

#include "config/document.h"
#include "config/options.h"

namespace lamppost::config {

// `a duration such as "500ms", "2s", "10min" or "7d"`
std::string expected(const Option& option);

// `a duration from 0s to 1h`: for an amount that is well written but beyond its limits.
std::string expected_within(const Option& option);

// `the integer 200`, `the text "abc"`, `a list`; long texts are cut, control characters escaped.
std::string seen(const toml::node& node);

// "text" in quotes, printable, cut when it is longer than a file name would be.
std::string in_quotes(std::string_view text);

// `"a", "b" or "c"`
std::string one_of(const std::vector<std::string>& words);

// What somebody probably meant by `node`: `write "200ms"`, `did you mean "5min"?`, or "".
std::string hint_for(const Option& option, const toml::node& node);

// "lamppost.toml:3:1", for a second place that a finding speaks of.
std::string place(const Where& where);

}  // namespace lamppost::config

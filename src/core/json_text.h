// SPDX-License-Identifier: Apache-2.0
// Writing JSON text directly, without building a tree. Output is always valid UTF-8 (RFC
// 8259, 8.1).
#pragma once

#include <string>
#include <string_view>

#include "core/json.h"

namespace lamppost {

// Appends `text` as a JSON string. Control characters are escaped, NUL is dropped (brokers on
// PostgreSQL refuse it), invalid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);

// Appends the shortest text that reads back as the same number. Not for NaN or infinity.
void append_number(std::string& out, double number);

std::string number_text(double number);  // the same alone

// Appends any value; numbers and strings as above.
void append_json(std::string& out, const Json& value);

// True when every byte belongs to well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

}  // namespace lamppost

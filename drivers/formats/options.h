// SPDX-License-Identifier: Apache-2.0
// Reading [mapping.options], with mistakes that explain themselves. All of it throws OptionError.
#pragma once

#include <initializer_list>
#include <string_view>

#include "drivers/driver.h"

namespace lamppost::formats {

// Every option has to be one of `known`, and every wanted name has to pass `check`.
void check_options(const DecoderOptions& options, std::string_view format,
                   std::initializer_list<const char*> known,
                   std::string (*check)(std::string_view));

// For formats whose grouping is their own.
void refuse_each(const DecoderOptions& options, std::string_view format);

// For formats whose names are plain keys: what is wrong with one written as a pointer, "" for
// others. `kind` as in "key of a measure".
std::string written_as_pointer(std::string_view name, std::string_view kind);

bool flag(const DecoderOptions& options, const std::string& name, bool otherwise);

}  // namespace lamppost::formats

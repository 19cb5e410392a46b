// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/options.h"

#include <algorithm>

#include "core/suggest.h"

namespace lamppost::formats {

void check_options(const DecoderOptions& options, std::string_view format,
                   std::initializer_list<const char*> known,
                   std::string (*check)(std::string_view)) {
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [name, value] : options.extra) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string hint = names.empty() ? "it has none" : suggest(name, names);
    throw OptionError(
        name,
        std::string(format).append(" has no option \"").append(name).append("\"; ").append(hint));
  }
  for (const std::string& name : options.names)
    if (const std::string fault = check(name); !fault.empty()) throw OptionError("", fault);
}

void refuse_each(const DecoderOptions& options, std::string_view format) {
  if (!options.each.empty())
    throw OptionError("each", "`each` is for json; " + std::string(format) +
                                  " knows by itself which values belong together");
}

std::string written_as_pointer(std::string_view name, std::string_view kind) {
  if (!name.starts_with('/') || name.size() == 1) return "";
  return '"' + std::string(name) + "\" is no " + std::string(kind) + "; write \"" +
         std::string(name.substr(1)) + '"';
}

bool flag(const DecoderOptions& options, const std::string& name, bool otherwise) {
  const auto found = options.extra.find(name);
  if (found == options.extra.end()) return otherwise;
  if (!found->second.is_boolean()) throw OptionError(name, '"' + name + "\" is true or false");
  return found->second.get<bool>();
}

}  // namespace lamppost::formats

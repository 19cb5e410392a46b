// SPDX-License-Identifier: Apache-2.0
// Every option of lamppost.toml in one table. The loader reads by it, `check` finds unknown keys
// against it, and people get it printed: an option that is not here does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost::config {

enum class Kind {
  kText,
  kWord,      // one of a few texts
  kInteger,   // whole number within a range
  kNumber,    // any finite number
  kDuration,  // "500ms"
  kSize,      // "64KiB"
  kUrl,
  kFile,        // must exist and be readable
  kSecretFile,  // the same, and closed to others
  kPath,        // a file or directory that the daemon makes itself
  kTexts,       // list of texts
  kPosition,    // [longitude, latitude]
  kTable,
  kTables,  // [[several tables]]
  kValues,  // a number, text or boolean, or a list of them
  kValue,   // anything
};

struct Option {
  std::string_view section;  // see sections()
  std::string_view key;
  Kind kind;
  // As one would write it in the file. In parentheses when it depends on something or there is
  // none: "(required)", "(none)", "(the host name)".
  std::string_view fallback;
  // kWord: "a|b|c". kInteger, kDuration, kSize: "least..most". kUrl: schemes "mqtt|mqtts".
  std::string_view accepts;
  std::string_view example;   // as written in the file, used by findings
  std::string_view sentence;  // for people

  bool required() const { return fallback == "(required)"; }
  // The default as text, "" when the table only describes it.
  std::string_view written_default() const;
  std::vector<std::string> words() const;  // of accepts
};

// A group of options and how its heading looks in the file.
struct OptionSection {
  std::string_view name;     // "source.mqtt"
  std::string_view heading;  // `[source.NAME] with type = "mqtt"`
};

std::span<const OptionSection> sections();
std::span<const Option> options();

// nullptr when no such option exists.
const Option* find_option(std::string_view section, std::string_view key);

// The whole table as text, 100 columns wide, for `lamppost help` and lamppost.toml(5).
std::string option_reference();

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
// Profiles: what a family of devices or a network server has in common, as data. One file
// profiles/NAME.toml each:
//
//   title  = "Milesight AM300 series"
//   source = "https://..."                  # the vendor's description
//   [mapping]                               # the base of a [[mapping]] with profile = "NAME"
//   [recognise]                             # JSON pointers that tell its payloads from others
//   has = ["/sensordatavalues"]
//   [[example]]                             # what `lamppost test` runs
//   [layout]                                # the bytes of a device that no other profile shares
//
// A layout, layouts/NAME.toml or [layout] of a profile, says which bytes of a binary payload are
// which value; the option `decode` of a mapping names it. drivers/formats/layout.h has its grammar.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/finding.h"
#include "core/json.h"

namespace lamppost::config {

// A payload and what has to become of it. [[example]] of a profile or of lamppost.toml.
struct Example {
  Where where;
  std::string title;
  // Of a profile: what a person writes into lamppost.toml for it. "": only decoded.
  std::string config;
  std::string source, topic, content_type, payload;
  std::string at;                    // arrival, RFC 3339
  std::optional<int> fport;          // for bytes without an envelope
  std::string device;                // that the payload carries, "" = not checked
  std::optional<Json> observations;  // name -> value; names that are not here may be there too
  std::optional<Json> entities;      // list of {"type": ..., "id": ..., attribute: value}
  std::string refused;               // part of the reason why it is refused
};

struct Profile {
  std::string name, title, source;
  std::filesystem::path file;
  std::string match, format;  // of its [mapping]; "" when it leaves them to another
  std::vector<std::string> has;
  std::map<std::string, Json> options;
  std::shared_ptr<const Layout> layout;
  std::string each;
  std::vector<Example> examples;
};

// Names of all profiles or layouts, sorted; `config_file` says where to look (data_dirs).
std::vector<std::string> names_in(const std::filesystem::path& config_file,
                                  const std::string& kind);

// nullopt after findings.
std::optional<Profile> load_profile(const std::filesystem::path& config_file,
                                    const std::string& name, Findings& findings);

// The same of the keys of a [[mapping]] that somebody gives otherwise, as TOML.
std::optional<Profile> profile_of_mapping(std::string mapping,
                                          const std::filesystem::path& config_file,
                                          Findings& findings);

// A configuration that is no file: `text` is shown as `name` in findings, and everything else is
// looked for where `config_file` would.
Config load_text(std::string text, const std::string& name,
                 const std::filesystem::path& config_file, Findings& findings);

}  // namespace lamppost::config

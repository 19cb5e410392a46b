// SPDX-License-Identifier: Apache-2.0
// The profiles and layouts that one load has asked for, each read once.
#pragma once

#include <map>

#include "config/config.h"
#include "config/layers.h"

namespace lamppost::config {

struct Loading;

// The file of this name in the directories of `kind`; "" when there is none.
std::filesystem::path find_data_file(const std::filesystem::path& directory,
                                     const std::string& kind, const std::string& name);

class Profiles {
 public:
  // The root of the profile; nullptr after a finding at `asked`, or in the profile itself.
  const toml::table* root(Loading& loading, const Located<std::string>& asked);
  // A layout with all that it extends, of a file of its own or of a profile; nullptr when there is
  // none of this name.
  std::shared_ptr<const Layout> layout(Loading& loading, const Located<std::string>& asked);

 private:
  struct Description {
    std::filesystem::path file;          // "": there is none
    const toml::table* table = nullptr;  // nullptr after a finding
  };
  Description description(Loading& loading, const Located<std::string>& asked);

  std::map<std::string, const toml::table*> roots_;
  std::map<std::string, std::shared_ptr<const Layout>> layouts_;
};

// Adds the [mapping] tables of the profiles that the layers name, and of those they name in turn.
// "{profile}" among them stands for `of_device`.
void add_profiles(Loading& loading, Layers& layers, const Located<std::string>& of_device = {});

// True when a mapping leaves one of its profiles to the device: "{profile}".
bool asks_device(const Layers& layers);

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
// A directory of configuration files that lives as long as one test.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "config/config.h"
#include "support/temp_directory.h"

namespace lamppost::config {

inline constexpr const char* kSite = "[source.site]\ntype = \"mqtt\"\nurl = \"mqtt://127.0.0.1\"\n";
inline constexpr const char* kCity = "[broker.city]\nurl = \"http://127.0.0.1:1026\"\n";
inline constexpr const char* kAir =
    "[[mapping]]\n"
    "name = \"air\"\n"
    "source = \"site\"\n"
    "match = \"air/{station}\"\n"
    "format = \"json\"\n"
    "model = \"AirQualityObserved\"\n"
    "id = \"urn:ngsi-ld:AirQualityObserved:{station}\"\n"
    "[mapping.attributes]\n"
    "pm25 = { from = \"/pm\" }\n";

class Project {
 public:
  const std::filesystem::path& directory() const { return directory_.path(); }

  // Secrets want 0640; everything else may be read by all.
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name, std::ios::binary) << text;
    ::chmod((directory_ / name).c_str(), mode);
  }

  // Loads lamppost.toml, written first when a text is given.
  Config load(const std::string& text = "") {
    if (!text.empty()) write("lamppost.toml", text);
    findings_ = {};
    return config::load(directory_ / "lamppost.toml", findings_);
  }

  // What is printed about a text, without the name of the directory.
  std::string complaints(const std::string& text) {
    load(text);
    return printed();
  }

  std::string printed() const {
    std::string text = findings_.to_text();
    const std::string prefix = directory().string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;)
      text.erase(at, prefix.size());
    return text;
  }

  const Findings& findings() const { return findings_; }

 private:
  TempDirectory directory_;
  Findings findings_;
};

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
// Reading one table of the configuration by the option table: every getter checks kind and range,
// reports what is wrong at the place it is written, and then goes on with the default, so that all
// mistakes come out at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/layers.h"
#include "config/options.h"
#include "config/profiles.h"
#include "config/url.h"

namespace lamppost::config {

// What one load shares. Not copied, lives as long as the load.
struct Loading {
  Documents documents;
  Findings findings;
  std::filesystem::path directory;  // of the main file; relative file names count from here
  std::shared_ptr<Profiles> profiles = std::make_shared<Profiles>();
  bool complete = true;  // false: a file could not be read, so nothing is surely missing
};

class Section {
 public:
  // `title` stands for the table in findings: `[source.site]`. `groups` are the sections of the
  // option table that it may use, such as {"source", "source.mqtt", "tls"}.
  Section(Loading& loading, std::string title, Layers layers, Where where,
          std::vector<std::string_view> groups);

  // Reports every key that is in none of the groups, except `answered`, about which the caller has
  // more to say.
  void refuse_unknown_keys(std::string_view answered = "") const;

  bool has(std::string_view key) const { return static_cast<bool>(layers_.find(key)); }
  // The place of the value, or of the whole section when the key is absent.
  Where where(std::string_view key) const;

  // The value, or the default ("" when there is none) with line 0 as its place.
  Located<std::string> text(std::string_view key) const;
  std::string word(std::string_view key) const;
  int integer(std::string_view key) const;
  std::optional<int> optional_integer(std::string_view key) const;
  std::optional<double> optional_number(std::string_view key) const;
  Milliseconds duration(std::string_view key) const;  // 0 without value and default
  std::uint64_t size(std::string_view key) const;
  std::vector<Located<std::string>> texts(std::string_view key) const;
  std::optional<Json> position(std::string_view key) const;
  // The text with its parts, once scheme, host and port are right; url "" otherwise.
  Located<std::string> url(std::string_view key, std::optional<Url>& parts) const;
  // Absolute or relative to Loading::directory, ${CREDENTIALS_DIRECTORY} expanded; "" when absent.
  // path() takes what may not exist yet; file() what must be readable and, if secret, closed.
  std::filesystem::path path(std::string_view key) const;
  std::string file(std::string_view key) const;
  // A secret from `<key>_file` or `<key> = { env = "NAME" }`, never from the text itself.
  Secret secret(std::string_view key) const;

  // The table under `key` as a section of its own; nullopt when absent or no table (reported).
  std::optional<Section> table(std::string_view key, std::vector<std::string_view> groups) const;
  // The tables under [[...key]].
  std::vector<const toml::table*> tables(std::string_view key) const;

  const Layers& layers() const { return layers_; }
  const std::string& title() const { return title_; }
  const Where& where() const { return where_; }
  Loading& loading() const { return *loading_; }

  void error(std::string_view key, std::string text, std::string hint = "") const;

 private:
  const Option& option(std::string_view key) const;
  // The entry of an option; reports a required one that is missing.
  Entry look(const Option& option) const;
  void wrong(const Option& option, const toml::node& node) const;
  bool plain_text(const Option& option, const toml::node& node) const;
  // A text inside `accepts`, read by `parse`; shared by durations and sizes.
  template <typename Amount, typename Parse>
  Amount amount(std::string_view key, Parse parse) const;
  std::string secret_from_env(const Option& option, const toml::node& node) const;

  Loading* loading_;
  std::string title_;
  Layers layers_;
  Where where_;
  std::vector<std::string_view> groups_;
};

// [longitude, latitude] in WGS84; nullopt after a finding.
std::optional<Json> read_position(Loading& loading, std::string_view key, const toml::node& node);

}  // namespace lamppost::config

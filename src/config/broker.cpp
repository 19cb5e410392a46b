// SPDX-License-Identifier: Apache-2.0
// [broker.NAME]: where entities go.
#include <algorithm>
#include <span>

#include "config/broker_profile.h"
#include "config/parts.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxTenantBytes = 256;

void read_url(const Section& section, Broker& broker, std::optional<Url>& url) {
  broker.url = section.url("url", url).value;
  if (!url) return;
  if (url->port == 0) section.error("url", "port 0 cannot be connected to");
  if (url->rest.find_first_of("?#") != std::string::npos)
    section.error("url", "a base URL has neither ? nor #");
  if (const std::size_t api = broker.url.find("/ngsi-ld/v1"); api != std::string::npos)
    section.error("url", "/ngsi-ld/v1 is appended by itself",
                  "write \"" + broker.url.substr(0, api) + "\"");
  while (broker.url.ends_with('/')) broker.url.pop_back();
}

// The tenant is a header's value; these characters break brokers that keep it in paths or database
// names.
void read_tenant(const Section& section, Broker& broker) {
  broker.tenant = section.text("tenant").value;
  const bool good =
      broker.tenant.size() <= kMaxTenantBytes &&
      std::all_of(broker.tenant.begin(), broker.tenant.end(), [](char c) {
        return c > ' ' && c < 0x7F && std::string_view("/\\\"$").find(c) == std::string_view::npos;
      });
  if (!good)
    section.error("tenant", in_quotes(broker.tenant) + " cannot name a tenant",
                  "use printable ASCII without space / \\ \" $");
}

// TLS files say that somebody expects protection; a plain URL gives none.
void check_plain(const Section& section, const Url& url, bool tokens_need_tls) {
  for (const char* key : {"ca_file", "cert_file", "key_file", "pin_sha256"})
    if (section.has(key) && !tokens_need_tls)
      section.error(key, "has no effect with http://", "use https:// in url");
  if (section.has("auth") && !url.loopback())
    section.loading().findings.warning(section.where("auth"), "auth: travels readable over http://",
                                       "use https://");
}

// curl's "sha256//..." without its prefix: 32 bytes are 43 characters of base64 and one "=".
std::vector<std::string> read_pins(const Section& section) {
  constexpr std::string_view kBase64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::string> pins;
  for (auto& [pin, where] : section.texts("pin_sha256")) {
    if (pin.size() != 44 || pin.find_first_not_of(kBase64) != 43 || pin[43] != '=')
      section.loading().findings.error(where,
                                       "pin_sha256: " + in_quotes(pin) + " is no SHA-256 in base64",
                                       "44 characters, the last one \"=\"");
    pins.push_back(std::move(pin));
  }
  return pins;
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::vector<std::string> read_modes(const Section& section, const BrokerProfile& profile) {
  constexpr std::string_view kKnown[] = {"update", "replace", "append", "merge"};
  std::vector<std::string> modes;
  const auto written = section.texts("modes");
  for (const auto& mode : written) {
    if (std::find(std::begin(kKnown), std::end(kKnown), mode.value) == std::end(kKnown))
      section.loading().findings.error(mode.where,
                                       "modes: " + in_quotes(mode.value) + " is no way of writing",
                                       suggest(mode.value, {std::begin(kKnown), std::end(kKnown)}));
    else if (std::find(modes.begin(), modes.end(), mode.value) == modes.end())
      modes.push_back(mode.value);
  }
  if (section.has("modes") && written.empty())
    section.error("modes", "names no way of writing", "one or more of " + joined(kKnown));
  if (modes.empty()) modes.assign(profile.modes.begin(), profile.modes.end());
  return modes;
}

// What the file says, else what the profile says.
void read_manners(const Section& section, Broker& broker) {
  const BrokerProfile& profile = broker_profile(broker.profile);
  const auto word = [&](std::string_view key, std::string_view fallback) {
    return section.has(key) ? section.word(key) : std::string(fallback);
  };
  broker.tenant_header = word("tenant_header", profile.tenant_header);
  broker.answers = word("answers", profile.answers);
  broker.temporal = word("temporal", profile.temporal) == "late";
  broker.modes = read_modes(section, profile);
  broker.max_entities = section.optional_integer("max_entities").value_or(profile.max_entities);
  broker.max_bytes = section.has("max_bytes") ? static_cast<std::size_t>(section.size("max_bytes"))
                                              : profile.max_bytes;
}

std::string read_proxy(const Section& section) {
  std::optional<Url> url;
  std::string proxy = section.url("proxy", url).value;
  if (url && url->rest.find_first_not_of('/') != std::string::npos)
    section.error("proxy", "a proxy is http://host[:port] without a path");
  return proxy;
}

}  // namespace

Broker read_broker(Loading& loading, const NamedTable& named) {
  const Section section(loading, "[broker." + named.name + "]", Layers(*named.table),
                        loading.documents.where(*named.table), {"broker", "tls"});
  section.refuse_unknown_keys();
  Broker broker;
  broker.name = named.name;
  broker.where = section.where();
  std::optional<Url> url, context;
  read_url(section, broker, url);
  broker.profile = section.word("profile");
  read_tenant(section, broker);
  broker.context = section.url("context", context).value;
  broker.auth = read_auth(section);
  broker.headers = read_headers(section);
  broker.proxy = read_proxy(section);
  broker.tls = read_tls(section);
  broker.pins = read_pins(section);
  broker.min_tls = section.word("min_tls");
  read_manners(section, broker);
  broker.linger = section.duration("linger");
  broker.timeout = section.duration("timeout");
  broker.resume_spread = section.duration("resume_spread");
  broker.max_requests_per_second = section.integer("max_requests_per_second");
  broker.max_entities_per_second = section.integer("max_entities_per_second");
  if (url && url->scheme == "http")
    check_plain(section, *url, broker.auth.token_url.starts_with("https:"));
  return broker;
}

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
// [broker.NAME]: where entities go.
#include <algorithm>

#include "config/parts.h"
#include "config/wording.h"

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

// A token of RFC 9110, 5.6.2, so that no header can smuggle in another.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPunctuation.find(c) != std::string_view::npos;
  });
}

// TLS files say that somebody expects protection; a plain URL gives none.
void check_plain(const Section& section, const Url& url) {
  for (const char* key : {"ca_file", "cert_file", "key_file"})
    if (section.has(key)) section.error(key, "has no effect with http://", "use https:// in url");
  if (section.has("auth") && !url.loopback())
    section.loading().findings.warning(section.where("auth"), "auth: travels readable over http://",
                                       "use https://");
}

bool has_type_oauth2(const Section& auth) {
  const Entry type = auth.layers().find("type");
  return type && type.node->value<std::string>() == "oauth2";
}

Auth read_auth(const Section& section) {
  if (has_type_oauth2(section)) {
    section.error("type", "this version knows no oauth2", "use type = \"header\" and a value_file");
    return {};
  }
  section.refuse_unknown_keys();
  section.word("type");
  Auth auth{section.text("name").value, section.secret("value")};
  if (!is_header_name(auth.header))
    section.error("name", in_quotes(auth.header) + " cannot name a header");
  if (!section.has("value") && !section.has("value_file"))
    section.loading().findings.error(section.where(), "auth needs value_file",
                                     "or value = { env = \"NAME\" }");
  return auth;
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
  if (const auto auth = section.table("auth", {"auth"})) broker.auth = read_auth(*auth);
  broker.tls = read_tls(section);
  broker.min_tls = section.word("min_tls");
  broker.max_entities = section.integer("max_entities");
  broker.max_bytes = static_cast<std::size_t>(section.size("max_bytes"));
  broker.linger = section.duration("linger");
  broker.timeout = section.duration("timeout");
  if (url && url->scheme == "http") check_plain(section, *url);
  return broker;
}

}  // namespace lamppost::config

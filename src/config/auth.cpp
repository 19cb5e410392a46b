// SPDX-License-Identifier: Apache-2.0
// How a broker learns who we are, and what else every request tells it.
#include <algorithm>
#include <array>

#include "config/parts.h"
#include "config/wording.h"
#include "core/ascii.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxHeaders = 16, kMaxHeaderValue = 1024;

// A token of RFC 9110, 5.6.2, so that no header can smuggle in another.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_alphanumeric(c) || kPunctuation.find(c) != std::string_view::npos;
  });
}

// "" when a header may be set by hand, else who sets it.
std::string_view owner_of(const std::string& name) {
  constexpr std::pair<std::string_view, std::string_view> kOwned[] = {
      {"authorization", "use auth"},
      {"proxy-authorization", "use auth"},
      {"x-auth-token", "use auth"},
      {"x-api-key", "use auth with type = \"header\""},
      {"cookie", "use auth with type = \"header\""},
      {"ngsild-tenant", "use tenant"},
      {"link", "use context"},
      {"host", "it follows from url"},
      {"accept", "Lamppost sets it"},
      {"connection", "Lamppost sets it"},
      {"content-encoding", "Lamppost sets it"},
      {"content-length", "Lamppost sets it"},
      {"content-type", "Lamppost sets it"},
      {"expect", "brokers do not take it"},
      {"te", "brokers do not take it"},
      {"transfer-encoding", "brokers do not take it"},
      {"upgrade", "brokers do not take it"},
      {"user-agent", "Lamppost sets it"},
      {"via", "brokers do not take it"},
  };
  const std::string lower = to_lower(name);
  for (const auto& [owned, owner] : kOwned)
    if (owned == lower) return owner;
  return "";
}

Secret required_secret(const Section& auth, const std::string& key) {
  if (!auth.has(key) && !auth.has(key + "_file"))
    auth.loading().findings.error(auth.where(), "auth needs " + key + "_file",
                                  "or " + key + " = { env = \"NAME\" }");
  return auth.secret(key);
}

void read_fixed_header(const Section& auth, Auth& into) {
  into.type = AuthType::kHeader;
  into.header = auth.text("name").value;
  if (!is_header_name(into.header))
    auth.error("name", in_quotes(into.header) + " cannot name a header");
  into.value = required_secret(auth, "value");
}

void read_basic(const Section& auth, Auth& into) {
  into.type = AuthType::kBasic;
  into.header = "Authorization";
  into.username = auth.text("username").value;
  if (into.username.find(':') != std::string::npos)
    auth.error("username", "a user name has no colon");  // RFC 7617, 2
  into.password = required_secret(auth, "password");
}

void read_token_url(const Section& auth, Auth& into) {
  std::optional<Url> url;
  into.token_url = auth.url("token_url", url).value;
  if (!url) return;
  if (url->rest.find_first_of("?#") != std::string::npos)
    auth.error("token_url", "a token endpoint has neither ? nor # here");
  if (url->scheme == "http" && !url->loopback())
    auth.loading().findings.warning(
        auth.where("token_url"), "token_url: secrets travel readable over http://", "use https://");
}

void read_oauth2(const Section& auth, Auth& into) {
  into.type = AuthType::kOAuth2;
  read_token_url(auth, into);
  into.header = auth.word("send_as");
  into.client_id = auth.text("client_id").value;
  into.scope = auth.text("scope").value;
  into.audience = auth.text("audience").value;
  into.secret_in_body = auth.word("client_auth") == "body";
  into.password_grant = auth.word("grant") == "password";
  if (!into.password_grant) {
    into.client_secret = required_secret(auth, "client_secret");
    for (const char* key : {"username", "password", "password_file"})
      if (auth.has(key)) auth.error(key, "needs grant = \"password\"");
    return;
  }
  into.client_secret = auth.secret("client_secret");  // a public client has none
  into.username = auth.text("username").value;
  if (into.username.empty())
    auth.loading().findings.error(auth.where(), "grant = \"password\" needs username");
  into.password = required_secret(auth, "password");
}

}  // namespace

Auth read_auth(const Section& broker) {
  constexpr std::array kAll = {std::string_view("auth"), std::string_view("auth.header"),
                               std::string_view("auth.basic"), std::string_view("auth.oauth2")};
  Auth auth;
  const auto any = broker.table("auth", {kAll.begin(), kAll.end()});
  if (!any) return auth;
  const std::string type = any->word("type");
  if (type.empty()) {
    any->refuse_unknown_keys();
    return auth;
  }
  const std::string group = "auth." + type;
  const auto known = std::find(kAll.begin(), kAll.end(), group);
  const auto section = broker.table("auth", {"auth", *known});
  section->refuse_unknown_keys();
  if (type == "header") read_fixed_header(*section, auth);
  if (type == "basic") read_basic(*section, auth);
  if (type == "oauth2") read_oauth2(*section, auth);
  return auth;
}

std::vector<std::pair<std::string, std::string>> read_headers(const Section& broker) {
  std::vector<std::pair<std::string, std::string>> headers;
  const auto table = broker.table("headers", {"broker"});
  if (!table) return headers;
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    const auto* value = entry.node->as_string();
    const Where where = broker.loading().documents.where(*entry.key);
    const auto refuse = [&](const std::string& why, std::string_view hint = "") {
      broker.loading().findings.error(where, "headers: " + why, std::string(hint));
    };
    if (!is_header_name(name)) {
      refuse(in_quotes(name) + " cannot name a header");
    } else if (const auto owner = owner_of(name); !owner.empty()) {
      refuse(name + " cannot be set here", owner);
    } else if (value == nullptr || value->get().size() > kMaxHeaderValue ||
               !std::all_of(value->get().begin(), value->get().end(),
                            [](char c) { return c >= ' ' && c < 0x7F; })) {
      refuse(name + " needs a text of printable ASCII, at most 1024 bytes");
    } else {
      headers.emplace_back(name, value->get());
    }
  }
  if (headers.size() > kMaxHeaders)
    broker.error("headers", "at most " + std::to_string(kMaxHeaders) + " are sent");
  return headers;
}

}  // namespace lamppost::config

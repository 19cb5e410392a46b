// SPDX-License-Identifier: Apache-2.0
// [source.NAME]: MQTT (5.0 and 3.1.1) and CoAP.
#include "config/parts.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxClientIdBytes = 256;

void read_login(const Section& section, const Url& url, Source& source) {
  source.username = section.text("username").value;
  source.password = section.secret("password").value;
  const std::string_view key = section.has("password") ? "password" : "password_file";
  if (!section.has(key)) return;
  if (!section.has("username"))
    section.error(key, "needs a username", "MQTT 3.1.1 allows no password alone (3.1.2.9)");
  if (url.scheme == "mqtt" && !url.loopback())
    section.loading().findings.warning(
        section.where(key), std::string(key) + ": travels readable over mqtt://", "use mqtts://");
}

// TLS files say that somebody expects protection; a plain URL gives none.
void check_plain(const Section& section, const Url& url) {
  if (url.scheme != "mqtt") return;
  for (const char* key : {"ca_file", "cert_file", "key_file"})
    if (section.has(key)) section.error(key, "has no effect with mqtt://", "use mqtts:// in url");
}

void read_client_id(const Section& section, const Gateway& gateway, Source& source) {
  source.client_id = section.text("client_id").value;
  if (!section.has("client_id")) source.client_id = "lamppost-" + gateway.id;
  if (source.client_id.empty() && section.layers().find("client_id").node->is_string())
    section.error("client_id", "an empty client id keeps no session",
                  "leave it out for lamppost-" + gateway.id);
  if (source.client_id.size() > kMaxClientIdBytes)
    section.error("client_id", "is longer than 256 bytes");
}

void read_mqtt(const Section& section, const Gateway& gateway, Source& source) {
  std::optional<Url> url;
  source.url = section.url("url", url).value;
  if (url && url->port == 0) section.error("url", "port 0 cannot be connected to");
  if (url && !url->rest.empty() && url->rest != "/")
    section.error("url", "MQTT has no path: " + in_quotes(url->rest), "end the URL after the port");
  source.version = section.word("version") == "5" ? 5 : 3;
  read_client_id(section, gateway, source);
  source.qos = section.integer("qos");
  source.session_expiry = section.duration("session_expiry");
  source.keep_alive = section.duration("keep_alive");
  for (const char* key : {"session_expiry", "keep_alive"})
    if (section.duration(key).count() % 1000 != 0) section.error(key, "MQTT counts whole seconds");
  source.tls = read_tls(section);
  read_login(section, url.value_or(Url{}), source);
  if (url) check_plain(section, *url);
}

void check_listen(const Located<std::string>& address, Loading& loading) {
  std::string problem;
  const auto url = parse_url(address.value, problem);
  if (url && url->scheme == "coap" && (url->rest.empty() || url->rest == "/")) return;
  if (url && url->scheme == "coaps")
    problem = "this version listens on coap:// only";
  else if (url && url->scheme != "coap")
    problem = in_quotes(url->scheme) + " is not coap";
  else if (url)
    problem = "an address to listen on has no path";
  loading.findings.error(address.where,
                         "listen: expected an address such as \"coap://[::]:5683\": " + problem);
}

void read_coap(const Section& section, Source& source) {
  source.listen = section.texts("listen");
  for (const auto& address : source.listen) check_listen(address, section.loading());
  const Entry written = section.layers().find("listen");
  if (written && written.node->is_array() && source.listen.empty())
    section.error("listen", "an empty list listens nowhere",
                  "leave it out for [\"coap://[::]:5683\"]");
}

Section section_of(Loading& loading, const NamedTable& named,
                   std::vector<std::string_view> groups) {
  return {loading, "[source." + named.name + "]", Layers(*named.table),
          loading.documents.where(*named.table), std::move(groups)};
}

}  // namespace

Tls read_tls(const Section& section) {
  Tls tls{section.file("ca_file"), section.file("cert_file"), section.file("key_file")};
  for (const auto& [has, needs] : {std::pair{"cert_file", "key_file"}, {"key_file", "cert_file"}})
    if (section.has(has) && !section.has(needs))
      section.error(has, std::string("needs ") + needs + " too");
  return tls;
}

Source read_source(Loading& loading, const NamedTable& named, const Gateway& gateway) {
  Source source;
  source.name = named.name;
  source.where = loading.documents.where(*named.table);
  const Section any = section_of(loading, named, {"source"});
  const std::string type = any.word("type");
  source.max_payload = static_cast<std::size_t>(any.size("max_payload"));
  if (type.empty()) return source;
  source.type = type == "mqtt" ? SourceType::kMqtt : SourceType::kCoap;
  if (source.type == SourceType::kMqtt) {
    const Section section = section_of(loading, named, {"source", "source.mqtt", "tls"});
    section.refuse_unknown_keys();
    read_mqtt(section, gateway, source);
  } else {
    const Section section = section_of(loading, named, {"source", "source.coap"});
    section.refuse_unknown_keys();
    read_coap(section, source);
  }
  return source;
}

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
#include "broker/request_head.h"

#include <algorithm>
#include <cctype>

#include "core/finding.h"

namespace lamppost::broker {
namespace {

constexpr std::string_view kJsonLd = "application/ld+json";
constexpr std::size_t kMaxTarget = 2048;

void require(bool good, const config::Broker& broker, const std::string& what) {
  if (!good)
    throw ConfigError("broker " + broker.name + ": " + what + " cannot stand in an HTTP header");
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

bool fits_a_header(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return c >= ' ' && c != 0x7F; });
}

RequestHead::RequestHead(const Url& url, const config::Broker& broker) {
  require(fits_a_header(broker.tenant) && fits_a_header(broker.tenant_header), broker, "tenant");
  require(fits_a_header(broker.context) && broker.context.find('>') == std::string::npos, broker,
          "context");
  fields_ = "Host: " + url.authority() +
            "\r\nUser-Agent: lamppost/" LAMPPOST_VERSION "\r\nAccept: application/json\r\n";
  if (!broker.context.empty())
    link_ = "Link: <" + broker.context +
            ">; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"\r\n";
  if (!broker.tenant.empty()) fields_ += broker.tenant_header + ": " + broker.tenant + "\r\n";
  for (const auto& [name, value] : broker.headers)
    fields_.append(name).append(": ").append(value).append("\r\n");
}

std::string RequestHead::text(const Request& request, std::string_view credentials) const {
  std::string head(request.method);
  head.reserve(fields_.size() + link_.size() + request.target.size() + 128);
  head.append(" ")
      .append(request.target)
      .append(" HTTP/1.1\r\n")
      .append(fields_)
      .append(credentials);
  // 6.3.5: the context travels in Link or in a JSON-LD body, never in both.
  if (request.content_type != kJsonLd) head += link_;
  if (!request.content_type.empty()) {
    head.append("Content-Type: ").append(request.content_type);
    head.append("\r\nContent-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return head += "\r\n";
}

std::optional<std::string> redirect_target(std::string_view location, const Url& url) {
  if (location.size() > kMaxTarget) return std::nullopt;
  if (!location.starts_with('/')) {
    const std::string origin = (url.tls ? "https://" : "http://") + url.authority();
    if (!equal_ignoring_case(location.substr(0, origin.size()), origin)) return std::nullopt;
    location.remove_prefix(origin.size());
  }
  const bool path = location.starts_with('/') && !location.starts_with("//");
  const bool plain =
      std::all_of(location.begin(), location.end(), [](char c) { return c > ' ' && c < '\x7F'; });
  return path && plain ? std::optional<std::string>(location) : std::nullopt;
}

}  // namespace lamppost::broker

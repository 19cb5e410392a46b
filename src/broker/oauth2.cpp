// SPDX-License-Identifier: Apache-2.0
#include "broker/oauth2.h"

#include <algorithm>
#include <charconv>

#include "broker/encoding.h"
#include "core/ascii.h"
#include "core/json.h"
#include "core/log.h"

namespace lamppost::broker {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{64} << 10, kMaxToken = std::size_t{12} << 10;
constexpr std::int64_t kUsualLife = 300, kLongestLife = 86'400;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Azure writes the number as a text.
std::int64_t life_of(const Json& answer) {
  const auto found = answer.find("expires_in");
  double seconds = 0;
  if (found == answer.end()) return kUsualLife;
  if (found->is_number()) seconds = found->get<double>();
  if (found->is_string()) {
    const std::string text = found->get<std::string>();
    std::int64_t whole = 0;
    std::from_chars(text.data(), text.data() + text.size(), whole);
    seconds = static_cast<double>(whole);
  }
  return static_cast<std::int64_t>(std::clamp(seconds, 1.0, static_cast<double>(kLongestLife)));
}

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// RFC 6749, 5.2: "401 invalid_client (unknown client)".
std::string refusal(int status, const Json& answer) {
  std::string words = std::to_string(status);
  if (!answer.is_object()) return words;
  if (const auto error = text_at(answer, "error"); !error.empty()) words += " " + error;
  if (const auto why = text_at(answer, "error_description"); !why.empty())
    words += " (" + why + ")";
  return printable(words, 200);
}

Error wrong(std::string text) { return {Fault::kTransient, std::move(text), ""}; }

}  // namespace

TokenRequest token_request(const config::Auth& auth) {
  TokenRequest request;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    request.body += request.body.empty() ? "" : "&";
    request.body.append(name).append("=").append(form_encoded(value));
  };
  add("grant_type", auth.password_grant ? "password" : "client_credentials");
  if (auth.password_grant) {
    add("username", auth.username);
    add("password", auth.password.value);
  }
  add("scope", auth.scope);
  add("audience", auth.audience);
  if (auth.secret_in_body || auth.client_secret.value.empty()) {
    add("client_id", auth.client_id);
    add("client_secret", auth.client_secret.value);
  } else {
    request.authorization =
        "Authorization: Basic " +
        base64(form_encoded(auth.client_id) + ":" + form_encoded(auth.client_secret.value)) +
        "\r\n";
  }
  return request;
}

Result<Token> parse_token(int status, std::string_view body, bool as_bearer) {
  if (body.size() > kMaxAnswer) return wrong("its answer is larger than 64 KiB");
  const Json answer = Json::parse(body, nullptr, false);
  if (status >= 300 && status < 400)
    return wrong(std::to_string(status) + ": it redirects, token_url is not the endpoint itself");
  if (status != 200 && status != 201) return wrong(refusal(status, answer));
  if (!answer.is_object()) return wrong("its answer is no JSON object; is token_url right?");
  Token token{text_at(answer, "access_token"), std::chrono::seconds(life_of(answer))};
  if (token.text.empty()) return wrong("its answer holds no access_token");
  if (token.text.size() > kMaxToken || !visible(token.text))
    return wrong("its access_token cannot stand in a header");
  const std::string type = to_lower(text_at(answer, "token_type"));
  if (as_bearer && !type.empty() && type != "bearer")
    return wrong("its token is of type " + printable(type, 32) + ", not Bearer");
  return token;
}

}  // namespace lamppost::broker

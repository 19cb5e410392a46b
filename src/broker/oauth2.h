// SPDX-License-Identifier: Apache-2.0
// What a token endpoint is asked and what it answers (RFC 6749, 4.3, 4.4 and 5), without a network.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/config.h"
#include "core/result.h"

namespace lamppost::broker {

struct TokenRequest {
  std::string authorization;  // "Authorization: Basic ...\r\n", "" with the secret in the body
  std::string body;           // application/x-www-form-urlencoded
};

TokenRequest token_request(const config::Auth& auth);

struct Token {
  std::string text;  // visible ASCII; never to be logged
  std::chrono::seconds life{0};
};

// Without expires_in a token is taken to live 5 minutes, and never more than a day: a 401 tells of
// one that dies earlier. The error says what the endpoint did wrong, without its token.
Result<Token> parse_token(int status, std::string_view body, bool as_bearer);

}  // namespace lamppost::broker

// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/wire.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace lamppost::coap {
namespace {

// Option numbers (IANA registry of RFC 7252, 12.2), spelled out where libcoap 4.3.1 has no name.
constexpr std::uint16_t kEtag = 4;
constexpr std::uint16_t kRequestTag = 292;

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Endpoint endpoint_of(const coap_address_t& address) {
  Endpoint endpoint;
  endpoint.port = coap_address_get_port(&address);
  if (address.addr.sa.sa_family == AF_INET) {
    endpoint.address[10] = endpoint.address[11] = 0xFF;
    std::memcpy(&endpoint.address[12], &address.addr.sin.sin_addr, 4);
  } else {
    std::memcpy(endpoint.address.data(), &address.addr.sin6.sin6_addr, 16);
    endpoint.scope = address.addr.sin6.sin6_scope_id;
  }
  return endpoint;
}

// RFC 7252, 3.2: an unsigned number in network byte order, leading zeros left out. Anything longer
// than four bytes becomes the largest number, which no caller takes.
std::uint32_t number_of(std::string_view value) {
  if (value.size() > 4) return UINT32_MAX;
  std::uint32_t number = 0;
  for (const char byte : value) number = (number << 8) | static_cast<std::uint8_t>(byte);
  return number;
}

// Options that are critical, but change nothing for a server of readings: there is one virtual
// host, nothing to query, and no representation to send back.
bool is_harmless(std::uint16_t option) {
  return option == COAP_OPTION_URI_HOST || option == COAP_OPTION_URI_PORT ||
         option == COAP_OPTION_URI_QUERY;
}

void read_number(std::uint16_t option, std::string_view value, Request& request,
                 std::optional<std::uint32_t>& into) {
  // RFC 7252, 5.4.5: a second copy of an option that must not repeat counts as unknown.
  if (!into) {
    into = number_of(value);
  } else if ((option & 1) != 0) {
    request.unsupported_option = option;
  }
}

void read_option(std::uint16_t option, std::string_view value, Request& request) {
  switch (option) {
    case COAP_OPTION_URI_PATH:
      return request.path.push_back(value);
    case COAP_OPTION_CONTENT_FORMAT:
      return read_number(option, value, request, request.content_format);
    case COAP_OPTION_ACCEPT:
      return read_number(option, value, request, request.accept);
    case COAP_OPTION_BLOCK1:
      return read_number(option, value, request, request.block1);
    case COAP_OPTION_BLOCK2:
      return read_number(option, value, request, request.block2);
    case COAP_OPTION_SIZE1:
      return read_number(option, value, request, request.size1);
    case kRequestTag:
      request.request_tag = value;
      return;
    default:
      // libcoap lets through what it knows itself, If-Match for one.
      if ((option & 1) != 0 && !is_harmless(option)) request.unsupported_option = option;
  }
}

void add(coap_pdu_t& pdu, std::uint16_t option, std::string_view value) {
  coap_add_option(&pdu, option, value.size(), reinterpret_cast<const std::uint8_t*>(value.data()));
}

void add(coap_pdu_t& pdu, std::uint16_t option, std::optional<std::uint32_t> number) {
  if (!number) return;
  const auto big_endian = htonl(*number);
  std::array<char, 4> bytes;
  std::memcpy(bytes.data(), &big_endian, bytes.size());
  const auto zeros = std::find_if(bytes.begin(), bytes.end(), [](char b) { return b != 0; });
  add(pdu, option,
      std::string_view(&*bytes.begin(), bytes.size())
          .substr(static_cast<std::size_t>(zeros - bytes.begin())));
}

void add(coap_pdu_t& pdu, std::uint16_t option, const std::optional<Block>& block) {
  if (block) add(pdu, option, std::optional<std::uint32_t>(block->value()));
}

}  // namespace

Request read(const coap_session_t& session, const coap_pdu_t& pdu) {
  Request request;
  request.remote = endpoint_of(*coap_session_get_addr_remote(&session));
  request.message_id = static_cast<std::uint16_t>(coap_pdu_get_mid(&pdu));
  request.confirmable = coap_pdu_get_type(&pdu) == COAP_MESSAGE_CON;
  request.multicast = coap_is_mcast(coap_session_get_addr_local(&session)) != 0;
  request.method = static_cast<Method>(coap_pdu_get_code(&pdu));
  const auto token = coap_pdu_get_token(&pdu);
  request.token = view(token.s, token.length);

  coap_opt_iterator_t options;
  coap_option_iterator_init(&pdu, &options, COAP_OPT_ALL);
  while (const auto* option = coap_option_next(&options))
    read_option(static_cast<std::uint16_t>(options.number),
                view(coap_opt_value(option), coap_opt_length(option)), request);

  std::size_t size = 0;
  const std::uint8_t* payload = nullptr;
  if (coap_get_data(&pdu, &size, &payload) != 0) {
    request.payload = view(payload, size);
    // libcoap reads a datagram into a buffer of this size and does not notice when the kernel had
    // to drop the rest. A header of four bytes stands before the token.
    request.cut_off = 4 + (payload + size - token.s) >= COAP_RXBUFFER_SIZE;
  }
  return request;
}

void write(const Answer& answer, coap_pdu_t& response) {
  if (answer.code == Code::kEmpty) return;
  coap_pdu_set_code(&response, static_cast<coap_pdu_code_t>(answer.code));
  // Options go out in the order of their numbers.
  if (!answer.etag.empty()) add(response, kEtag, answer.etag);
  add(response, COAP_OPTION_CONTENT_FORMAT, answer.content_format);
  add(response, COAP_OPTION_MAXAGE, answer.max_age);
  add(response, COAP_OPTION_BLOCK2, answer.block2);
  add(response, COAP_OPTION_BLOCK1, answer.block1);
  add(response, COAP_OPTION_SIZE2, answer.size2);
  add(response, COAP_OPTION_SIZE1, answer.size1);
  if (!answer.payload.empty())
    coap_add_data(&response, answer.payload.size(),
                  reinterpret_cast<const std::uint8_t*>(answer.payload.data()));
}

}  // namespace lamppost::coap

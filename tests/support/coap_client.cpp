// SPDX-License-Identifier: Apache-2.0
#include "support/coap_client.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

namespace lamppost {
namespace {

using Milliseconds = std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Milliseconds kAckTimeout = std::chrono::seconds(2);
constexpr int kMaxRetransmit = 4;
constexpr std::uint16_t kUriPath = 11;
constexpr std::uint16_t kContentFormat = 12;
constexpr char kPayloadMarker = static_cast<char>(0xFF);

// Delta and length of an option: a nibble, and one or two more bytes for large ones (RFC
// 7252, 3.1).
unsigned nibble_of(std::size_t number) {
  return number < 13 ? static_cast<unsigned>(number) : number < 269 ? 13U : 14U;
}

std::string extension_of(std::size_t number) {
  if (number < 13) return "";
  if (number < 269) return {static_cast<char>(number - 13)};
  return {static_cast<char>((number - 269) >> 8), static_cast<char>(number - 269)};
}

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  std::string_view rest() const { return rest_; }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) failed_ = true;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::uint32_t number(std::size_t bytes) {
    std::uint32_t value = 0;
    for (const char byte : take(bytes)) value = (value << 8) | static_cast<std::uint8_t>(byte);
    return value;
  }
  std::uint32_t extended(std::uint32_t nibble) {
    if (nibble == 15) failed_ = true;
    return nibble < 13 ? nibble : nibble == 13 ? 13 + number(1) : 269 + number(2);
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

void decode_options(Cursor& bytes, CoapMessage& message) {
  std::uint32_t number = 0;
  while (!bytes.at_end() && !bytes.failed()) {
    const auto first = bytes.number(1);
    if (first == 0xFF) {
      message.payload = bytes.take(bytes.rest().size());
      return;
    }
    number += bytes.extended(first >> 4);
    const auto length = bytes.extended(first & 15);
    message.options.push_back(
        {static_cast<std::uint16_t>(number), std::string(bytes.take(length))});
  }
}

}  // namespace

std::string CoapMessage::code_text() const {
  const unsigned detail = code & 31U;
  return std::to_string(code >> 5) + (detail < 10 ? ".0" : ".") + std::to_string(detail);
}

const std::string* CoapMessage::option(std::uint16_t number) const {
  for (const auto& option : options)
    if (option.number == number) return &option.value;
  return nullptr;
}

std::uint32_t CoapMessage::number(std::uint16_t option_number, std::uint32_t otherwise) const {
  const auto* value = option(option_number);
  return value == nullptr ? otherwise : Cursor(*value).number(value->size());
}

std::string coap_number(std::uint32_t number) {
  std::string bytes;
  for (; number != 0; number >>= 8) bytes.insert(bytes.begin(), static_cast<char>(number));
  return bytes;
}

std::string encode(const CoapMessage& message) {
  std::string bytes = {static_cast<char>(0x40 | (message.type << 4) | message.token.size()),
                       static_cast<char>(message.code), static_cast<char>(message.message_id >> 8),
                       static_cast<char>(message.message_id)};
  bytes += message.token;
  auto options = message.options;
  std::stable_sort(options.begin(), options.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  std::uint16_t last = 0;
  for (const auto& option : options) {
    const std::size_t delta = option.number - last;
    bytes += static_cast<char>((nibble_of(delta) << 4) | nibble_of(option.value.size()));
    bytes += extension_of(delta) + extension_of(option.value.size()) + option.value;
    last = option.number;
  }
  if (!message.payload.empty()) bytes += kPayloadMarker + message.payload;
  return bytes;
}

std::optional<CoapMessage> decode(std::string_view datagram) {
  Cursor bytes(datagram);
  const auto first = bytes.number(1);
  CoapMessage message;
  message.type = static_cast<CoapMessage::Type>((first >> 4) & 3);
  message.code = static_cast<std::uint8_t>(bytes.number(1));
  message.message_id = static_cast<std::uint16_t>(bytes.number(2));
  message.token = bytes.take(first & 15);
  decode_options(bytes, message);
  if (bytes.failed() || (first >> 6) != 1 || message.token.size() > 8) return std::nullopt;
  return message;
}

CoapMessage coap_post(std::string_view path, std::string payload, int content_format) {
  CoapMessage request;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    request.options.push_back({kUriPath, std::string(path.substr(0, slash))});
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  if (content_format >= 0)
    request.options.push_back(
        {kContentFormat, coap_number(static_cast<std::uint32_t>(content_format))});
  request.payload = std::move(payload);
  return request;
}

CoapClient::CoapClient(int port, const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::runtime_error("no such address: " + host);
  fd_ = ::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool connected = fd_ >= 0 && ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (!connected) throw std::runtime_error("cannot reach " + host);
  std::random_device seed;
  message_id_ = static_cast<std::uint16_t>(seed());
  token_ = seed();
}

CoapClient::~CoapClient() { ::close(fd_); }

void CoapClient::send(std::string_view datagram) {
  // A refused or lost datagram is for the caller's timeout to find.
  [[maybe_unused]] const auto sent = ::send(fd_, datagram.data(), datagram.size(), 0);
}

std::optional<CoapMessage> CoapClient::receive(Milliseconds timeout) {
  std::array<char, 65536> buffer;
  const auto until = steady_clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<Milliseconds>(until - steady_clock::now());
    pollfd readable{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0)
      return std::nullopt;
    const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size < 0) continue;
    if (auto message = decode({buffer.data(), static_cast<std::size_t>(size)})) return message;
  }
}

std::optional<CoapMessage> CoapClient::exchange(CoapMessage request) {
  request.message_id = ++message_id_;
  request.token = coap_number(++token_);
  const auto datagram = encode(request);
  auto timeout = kAckTimeout;
  bool acknowledged = false;
  for (int sent = 0; sent <= kMaxRetransmit; ++sent, timeout *= 2) {
    if (!acknowledged && (sent == 0 || request.type == CoapMessage::kCon)) send(datagram);
    if (auto response = await(request, acknowledged, timeout))
      return response->type == CoapMessage::kRst ? std::nullopt : response;
  }
  return std::nullopt;
}

std::optional<CoapMessage> CoapClient::await(const CoapMessage& request, bool& acknowledged,
                                             Milliseconds timeout) {
  const auto until = steady_clock::now() + timeout;
  while (auto message = receive(std::chrono::ceil<Milliseconds>(until - steady_clock::now()))) {
    const bool same_id = message->message_id == request.message_id;
    if (message->type == CoapMessage::kRst && same_id) return message;
    if (message->type == CoapMessage::kAck && message->code == 0 && same_id) acknowledged = true;
    if (message->code == 0 || message->token != request.token) continue;
    if (message->type == CoapMessage::kCon)
      send(CoapMessage{CoapMessage::kAck, 0, message->message_id, "", {}, ""});
    return message;
  }
  return std::nullopt;
}

std::string CoapClient::post(std::string_view path, std::string payload, int content_format) {
  const auto response = exchange(coap_post(path, std::move(payload), content_format));
  return response ? response->code_text() : "";
}

}  // namespace lamppost

// SPDX-License-Identifier: Apache-2.0
// A CoAP request as this room understands it, free of any library: what the service decides on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lamppost::coap {

// Where a request came from. IPv4 is kept as an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2).
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint32_t scope = 0;  // interface of a link-local address, else 0
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// RFC 7252, 12.1.1 and RFC 8132. Other codes are carried as they are.
enum class Method : std::uint8_t {
  kGet = 1,
  kPost = 2,
  kPut = 3,
  kDelete = 4,
  kFetch = 5,
  kPatch = 6,
  kIpatch = 7
};

// One Block1 or Block2 option (RFC 7959, 2.2): number in the upper bits, then the "more" flag, then
// the exponent of the block size, 16 << szx bytes.
struct Block {
  std::uint32_t number = 0;
  bool more = false;
  std::uint8_t szx = 6;

  std::size_t size() const { return std::size_t{16} << szx; }
  std::size_t offset() const { return std::size_t{number} << (szx + 4); }
  std::uint32_t value() const { return (number << 4) | (more ? 8U : 0U) | szx; }
};

// nullopt for the reserved exponent 7 and for a number of more than 20 bits.
constexpr std::optional<Block> block_of(std::uint32_t value) {
  if ((value & 7) == 7 || value >= (1U << 24)) return std::nullopt;
  return Block{value >> 4, (value & 8) != 0, static_cast<std::uint8_t>(value & 7)};
}

// Views point into the datagram and live as long as the call that carries them.
struct Request {
  Endpoint remote;
  std::uint16_t message_id = 0;
  bool confirmable = false;
  bool multicast = false;  // sent to a group: always non-confirmable (RFC 7252, 8.1)
  Method method = Method::kPost;
  std::string_view token;
  std::vector<std::string_view> path;  // Uri-Path segments, already free of percent-encoding
  std::optional<std::uint32_t> content_format;
  std::optional<std::uint32_t> accept;
  std::optional<std::uint32_t> block1, block2;  // raw option values, see block_of()
  std::optional<std::uint32_t> size1;
  std::string_view request_tag;                     // RFC 9175, 3
  std::optional<std::uint32_t> unsupported_option;  // a critical one that nobody here honours
  bool cut_off = false;  // the datagram was larger than the receive buffer: its end is missing
  std::string_view payload;
};

}  // namespace lamppost::coap

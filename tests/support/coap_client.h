// SPDX-License-Identifier: Apache-2.0
// A small CoAP client on a raw UDP socket (RFC 7252), for tests and load: it can also send what a
// well-behaved client cannot, such as the same datagram twice or half a datagram.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost {

struct CoapOption {
  std::uint16_t number = 0;
  std::string value;
};

// RFC 7252, 3: one message.
struct CoapMessage {
  enum Type : std::uint8_t { kCon = 0, kNon = 1, kAck = 2, kRst = 3 };
  Type type = kCon;
  std::uint8_t code = 0x02;  // POST
  std::uint16_t message_id = 0;
  std::string token;
  std::vector<CoapOption> options;
  std::string payload;

  std::string code_text() const;  // "2.04"
  // Value of the first option of that number, nullptr when there is none.
  const std::string* option(std::uint16_t number) const;
  // The same as a number, `otherwise` when there is none.
  std::uint32_t number(std::uint16_t option_number, std::uint32_t otherwise = 0) const;
};

// An option's number in as few bytes as it needs (RFC 7252, 3.2).
std::string coap_number(std::uint32_t number);

// Options may come in any order; encode() sorts them.
std::string encode(const CoapMessage& message);
std::optional<CoapMessage> decode(std::string_view datagram);

// A POST of `payload` to "a/b/c". No content format is sent for -1.
CoapMessage coap_post(std::string_view path, std::string payload, int content_format = -1);

// One socket, one peer. Not thread-safe.
class CoapClient {
 public:
  // Throws std::runtime_error when there is no such address.
  explicit CoapClient(int port, const std::string& host = "127.0.0.1");
  CoapClient(const CoapClient&) = delete;
  CoapClient& operator=(const CoapClient&) = delete;
  ~CoapClient();

  void send(std::string_view datagram);
  void send(const CoapMessage& message) { send(encode(message)); }
  // The next message that decodes, whatever it answers; nullopt when none comes in time.
  std::optional<CoapMessage> receive(std::chrono::milliseconds timeout = std::chrono::seconds(5));

  // Gives the request a fresh message id and token, sends it, repeats a CON as RFC 7252, 4.2 asks
  // (2 s, then twice as long, four times) and returns the response with that token. An empty ACK is
  // waited out, a separate CON response acknowledged. nullopt: none came, or an RST.
  std::optional<CoapMessage> exchange(CoapMessage request);

  // The code of the response, "2.04", or "" when none came.
  std::string post(std::string_view path, std::string payload, int content_format = -1);

 private:
  std::optional<CoapMessage> await(const CoapMessage& request, bool& acknowledged,
                                   std::chrono::milliseconds timeout);

  int fd_ = -1;
  std::uint16_t message_id_ = 0;
  std::uint32_t token_ = 0;
};

}  // namespace lamppost

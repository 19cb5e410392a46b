// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/publish.h"

namespace lamppost::mqtt {
namespace {

constexpr unsigned kType = 0xF0, kPublish = 0x30, kDuplicate = 8, kQos = 6, kQos1 = 2,
                   kRetained = 1;
constexpr unsigned kContentType = 0x03;

// From left to right; any failure sticks.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}

  unsigned u8() { return u(1); }
  unsigned u16() { return u(2); }
  std::string_view text() { return take(u16()); }
  // Variable byte integer (MQTT 5.0, 1.5.5): seven bits a byte, four bytes at most.
  std::size_t varint() {
    std::size_t value = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
      const unsigned digit = u8();
      value |= std::size_t{digit & 0x7FU} << shift;
      if (digit < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_) return {};
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view rest() const { return left_; }
  bool good() const { return good_; }

 private:
  unsigned u(std::size_t size) {
    unsigned value = 0;
    for (const char byte : take(size)) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view left_;
  bool good_ = true;
};

// MQTT 5.0, table 2-4. False when one of them cannot stand in a PUBLISH to us: there are no topic
// aliases, for we have not allowed any.
bool read_properties(std::string_view bytes, Publish& publish) {
  Cursor properties(bytes);
  while (properties.good() && !properties.rest().empty()) {
    switch (properties.u8()) {
      case kContentType:
        publish.content_type = properties.text();
        break;
      case 0x01:  // payload format indicator
        properties.take(1);
        break;
      case 0x02:  // message expiry interval
        properties.take(4);
        break;
      case 0x08:  // response topic
      case 0x09:  // correlation data
        properties.text();
        break;
      case 0x0B:  // subscription identifier
        properties.varint();
        break;
      case 0x26:  // user property: a name and a value
        properties.text();
        properties.text();
        break;
      default:
        return false;
    }
  }
  return properties.good();
}

}  // namespace

std::optional<Publish> take_publish(std::string_view& bytes, int version) {
  Cursor stream(bytes);
  const unsigned head = stream.u8(), qos = head & kQos;
  if ((head & kType) != kPublish || qos > kQos1) return std::nullopt;
  Cursor packet(stream.take(stream.varint()));
  if (!stream.good()) return std::nullopt;
  Publish publish;
  publish.topic = packet.text();
  if (qos == kQos1) publish.packet_id = static_cast<std::uint16_t>(packet.u16());
  if (version == 5 && !read_properties(packet.take(packet.varint()), publish)) return std::nullopt;
  const bool answerable = (qos == kQos1) == (publish.packet_id != 0);
  if (!packet.good() || publish.topic.empty() || !answerable) return std::nullopt;
  publish.payload = packet.rest();
  publish.duplicate = (head & kDuplicate) != 0;
  publish.retained = (head & kRetained) != 0;
  bytes = stream.rest();
  return publish;
}

}  // namespace lamppost::mqtt

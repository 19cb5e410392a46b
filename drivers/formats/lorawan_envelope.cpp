// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lorawan_envelope.h"
#include "core/hex.h"

#include <algorithm>
#include <cmath>

#include "core/ascii.h"
#include "drivers/formats/encoded.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kMaxGateways = 100;
constexpr double kMilliseconds = 1e11;  // seconds until the year 5138

Pointer pointer_to(std::string_view text) { return parse_pointer(text).value(); }

// Absent and null are the same to protobuf.
const Json* value_at(const Json& tree, const Pointer& pointer) {
  if (pointer.tokens.empty()) return nullptr;
  const Json* const found = find(tree, pointer);
  return found == nullptr || found->is_null() ? nullptr : found;
}

// Numbers may come as texts; nullptr and texts of another kind are none.
std::optional<Json> number_of(const Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return *value;
  return value->is_string() ? parse_number(value->get_ref<const std::string&>()) : std::nullopt;
}

std::optional<int> small_number(const Json* value) {
  const auto number = number_of(value);
  if (!number || number->get<double>() < 0 || number->get<double>() > 255) return std::nullopt;
  return static_cast<int>(number->get<double>());
}

// "00-0A-..." loses its dashes; eight bytes in base64 (12 characters) become hex.
std::string device_of(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c != '-' && c != ':') digits += c;
  if (digits.size() == 16 && from_hex(digits)) return to_lower(digits);
  if (text.size() == 12 && text.back() == '=')
    if (const auto bytes = decode_base64(text); bytes && bytes->size() == 8) return to_hex(*bytes);
  return text;
}

std::optional<Timestamp> moment(const Json* value) {
  if (value != nullptr && value->is_string())
    if (const auto at = parse_rfc3339(value->get_ref<const std::string&>())) return at;
  const auto number = number_of(value);
  if (!number) return std::nullopt;
  const double seconds = number->get<double>() / (number->get<double>() > kMilliseconds ? 1000 : 1);
  if (!(seconds > 0) || seconds > kMilliseconds) return std::nullopt;
  return Timestamp{std::llround(seconds * 1000)};
}

void add(std::vector<Observation>& radio, const char* name, Json value, const char* unit = "") {
  radio.push_back({name, std::move(value), unit});
}

void add_number(std::vector<Observation>& radio, const char* name, const Json* value) {
  if (auto number = number_of(value)) add(radio, name, std::move(*number));
}

void add_text(std::vector<Observation>& radio, const char* name, const Json* value) {
  if (value != nullptr && value->is_string()) add(radio, name, *value);
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object() || key.empty()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

const std::vector<std::string>& envelope_names() {
  static const std::vector<std::string> kNames = {
      "lns.fPort",  "lns.fCnt",          "lns.rssi",       "lns.snr",           "lns.battery",
      "lns.margin", "lns.externalPower", "lns.deviceName", "lns.deviceProfile", "lns.data"};
  return kNames;
}

Envelope::Envelope(const Network& network)
    : network_(&network),
      marker_(pointer_to(network.marker)),
      base64_(pointer_to(network.bytes_base64)),
      hex_(pointer_to(network.bytes_hex)),
      object_(pointer_to(network.object)),
      object_text_(pointer_to(network.object_text)),
      fport_(pointer_to(network.fport)),
      fcnt_(pointer_to(network.fcnt)),
      uplink_(pointer_to(network.uplink)),
      gateways_(pointer_to(network.gateways)),
      battery_(pointer_to(network.battery)),
      margin_(pointer_to(network.margin)),
      external_(pointer_to(network.external_power)),
      kind_(pointer_to(network.kind)),
      not_uplink_(pointer_to(network.not_uplink)),
      name_(pointer_to(network.device_name)),
      profile_(pointer_to(network.device_profile)) {
  if (network.gateways.empty()) {
    rssi_ = pointer_to(network.rssi);
    snr_ = pointer_to(network.snr);
  }
  for (const auto text : network.device) device_.push_back(pointer_to(text));
  for (const auto text : network.time) time_.push_back(pointer_to(text));
}

std::vector<Pointer> Envelope::pointers() const {
  std::vector<Pointer> all{marker_, base64_, hex_,     object_text_, fport_,   fcnt_,
                           uplink_, rssi_,   snr_,     battery_,     margin_,  external_,
                           kind_,   name_,   profile_, not_uplink_,  gateways_};
  all.insert(all.end(), device_.begin(), device_.end());
  all.insert(all.end(), time_.begin(), time_.end());
  std::erase_if(all, [](const Pointer& one) { return one.tokens.empty(); });
  return all;
}

bool Envelope::says_uplink(const Json& element) const {
  if (value_at(element, not_uplink_) != nullptr) return false;
  const Json* const kind = value_at(element, kind_);
  if (kind == nullptr) return true;
  const std::string word = kind->is_string() ? kind->get<std::string>() : kind->dump();
  return network_->uplink_kinds.find(' ' + word + ' ') != std::string_view::npos;
}

Result<void> Envelope::read_bytes(const Json& element, Uplink& uplink) const {
  for (const Pointer* pointer : {&hex_, &base64_}) {
    const Json* const text = value_at(element, *pointer);
    if (text == nullptr || !text->is_string()) continue;
    const auto& written = text->get_ref<const std::string&>();
    uplink.bytes = pointer == &hex_ ? from_hex(written) : decode_base64(written);
    if (!uplink.bytes)
      return Error{Fault::kMalformed,
                   pointer->text + (pointer == &hex_ ? " is not hexadecimal" : " is not base64"),
                   pointer->text};
    break;
  }
  uplink.object = value_at(element, object_);
  const Json* const text = value_at(element, object_text_);
  if (uplink.object != nullptr || text == nullptr || !text->is_string()) return {};
  if (text->get_ref<const std::string&>().empty()) return {};
  auto tree = json_to_tree(text->get_ref<const std::string&>());
  if (!tree)
    return Error{Fault::kMalformed, object_text_.text + ": " + tree.error().text,
                 object_text_.text};
  uplink.parsed = std::move(*tree);
  return {};
}

void Envelope::read_gateways(const Json& element, Uplink& uplink) const {
  if (gateways_.tokens.empty()) {
    add_number(uplink.radio, "lns.rssi", value_at(element, rssi_));
    add_number(uplink.radio, "lns.snr", value_at(element, snr_));
    return;
  }
  const Json* const list = value_at(element, gateways_);
  if (list == nullptr || !list->is_array()) return;
  const Json* best = nullptr;  // the gateway that heard it loudest
  double loudest = 0;
  std::size_t seen = 0;
  for (const Json& gateway : *list) {
    if (++seen > kMaxGateways) break;
    if (!uplink.time) uplink.time = moment(member(gateway, network_->gateway_time));
    const auto rssi = number_of(member(gateway, network_->rssi));
    if (!rssi || (best != nullptr && rssi->get<double>() <= loudest)) continue;
    best = &gateway;
    loudest = rssi->get<double>();
  }
  if (best == nullptr) return;
  add_number(uplink.radio, "lns.rssi", member(*best, network_->rssi));
  add_number(uplink.radio, "lns.snr", member(*best, network_->snr));
}

void Envelope::read_battery(const Json& element, Uplink& uplink) const {
  const auto level = number_of(value_at(element, battery_));
  if (!level) return;
  const double value = level->get<double>();
  if (!network_->battery_is_status) return add(uplink.radio, "lns.battery", *level, "P1");
  if (value == 0) return add(uplink.radio, "lns.externalPower", true);
  if (value >= 1 && value <= 254)
    add(uplink.radio, "lns.battery", std::round(value * 1000 / 254) / 10, "P1");
}

void Envelope::read_time(const Json& element, Uplink& uplink) const {
  for (const Pointer& pointer : time_) {
    uplink.time = moment(value_at(element, pointer));
    if (uplink.time) return;
  }
}

void Envelope::read_radio(const Json& element, Uplink& uplink) const {
  const bool zeros = value_at(element, uplink_) != nullptr;
  uplink.fport = small_number(value_at(element, fport_));
  if (!uplink.fport && zeros) uplink.fport = 0;
  if (uplink.fport) add(uplink.radio, "lns.fPort", *uplink.fport);
  add_number(uplink.radio, "lns.fCnt", value_at(element, fcnt_));
  if (zeros && value_at(element, fcnt_) == nullptr) add(uplink.radio, "lns.fCnt", 0);
  read_gateways(element, uplink);
  read_battery(element, uplink);
  add_number(uplink.radio, "lns.margin", value_at(element, margin_));
  const Json* const external = value_at(element, external_);
  if (external != nullptr && external->is_boolean())
    add(uplink.radio, "lns.externalPower", *external);
  add_text(uplink.radio, "lns.deviceName", value_at(element, name_));
  add_text(uplink.radio, "lns.deviceProfile", value_at(element, profile_));
}

Result<Envelope::Uplink> Envelope::read(const Json& element) const {
  Uplink uplink;
  for (const Pointer& pointer : device_) {
    const Json* const device = value_at(element, pointer);
    if (device == nullptr || !device->is_string()) continue;
    uplink.device = device_of(device->get_ref<const std::string&>());
    if (!uplink.device.empty()) break;
  }
  if (uplink.device.empty())
    return Error{Fault::kMalformed, "no device: nothing at " + device_.front().text,
                 device_.front().text};
  read_time(element, uplink);
  read_radio(element, uplink);
  if (!says_uplink(element)) return uplink;
  if (auto done = read_bytes(element, uplink); !done) return done.error();
  uplink.is_uplink = uplink.bytes || uplink.object != nullptr || !uplink.parsed.is_null();
  return uplink;
}

}  // namespace lamppost::formats

// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/mbus_quantity.h"

#include <algorithm>
#include <array>

#include "core/hex.h"

namespace lamppost::formats {
namespace {

using Kind = MbusQuantity::Kind;

constexpr std::size_t kMaxExtensions = 10;  // EN 13757-3, 6.4
constexpr std::uint8_t kMore = 0x80;        // another byte follows
constexpr double kJouleAnHour = 1.0 / 3600;

// Codes from `first` on; the last bits of the code are added to the exponent, or choose one of the
// steps of a time: seconds, minutes, hours, days.
struct Range {
  std::uint8_t first, count;
  std::string_view name, unit;
  int exponent = 0;
  double multiplier = 1;
  Kind kind = Kind::kNumber;
  bool is_time = false;
};

constexpr Range span(std::uint8_t first, std::string_view name) {
  return {first, 4, name, "SEC", 0, 1, Kind::kNumber, true};
}
constexpr Range plain(std::uint8_t code, std::string_view name) { return {code, 1, name, ""}; }

constexpr auto kPrimary = std::to_array<Range>({
    {0x00, 8, "energy", "WHR", -3},
    {0x08, 8, "energy", "JOU", 0},
    {0x10, 8, "volume", "MTQ", -6},
    {0x18, 8, "mass", "KGM", -3},
    span(0x20, "on_time"),
    span(0x24, "operating_time"),
    {0x28, 8, "power", "WTT", -3},
    {0x30, 8, "power", "WTT", 0, kJouleAnHour},
    {0x38, 8, "volume_flow", "MQH", -6},
    {0x40, 8, "volume_flow", "MQH", -7, 60},
    {0x48, 8, "volume_flow", "MQS", -9},
    {0x50, 8, "mass_flow", "E93", -3},
    {0x58, 4, "flow_temperature", "CEL", -3},
    {0x5C, 4, "return_temperature", "CEL", -3},
    {0x60, 4, "temperature_difference", "KEL", -3},
    {0x64, 4, "external_temperature", "CEL", -3},
    {0x68, 4, "pressure", "BAR", -3},
    {0x6C, 1, "date", "", 0, 1, Kind::kDate},
    {0x6D, 1, "date_time", "", 0, 1, Kind::kDateTime},
    plain(0x6E, "heat_cost_units"),
    span(0x70, "averaging_duration"),
    span(0x74, "actuality_duration"),
    plain(0x78, "fabrication_number"),
    plain(0x79, "identification"),
    plain(0x7A, "address"),
});
constexpr auto kFb = std::to_array<Range>({
    {0x00, 2, "energy", "WHR", 5},
    {0x08, 2, "energy", "JOU", 8},
    {0x10, 2, "volume", "MTQ", 2},
    {0x18, 2, "mass", "KGM", 5},
    {0x28, 2, "power", "WTT", 5},
    {0x30, 2, "power", "WTT", 8, kJouleAnHour},
    {0x74, 4, "temperature_limit", "CEL", -3},
    {0x78, 8, "power_maximum", "WTT", -3},
});
constexpr auto kFd = std::to_array<Range>({
    {0x00, 4, "credit", "", -3},
    {0x04, 4, "debit", "", -3},
    plain(0x08, "access_number"),
    plain(0x09, "medium"),
    plain(0x0A, "manufacturer"),
    plain(0x0B, "parameter_set"),
    plain(0x0C, "model"),
    plain(0x0D, "hardware_version"),
    plain(0x0E, "firmware_version"),
    plain(0x0F, "software_version"),
    plain(0x10, "customer_location"),
    plain(0x11, "customer"),
    plain(0x17, "error_flags"),
    plain(0x18, "error_mask"),
    plain(0x1A, "digital_output"),
    plain(0x1B, "digital_input"),
    span(0x24, "storage_interval"),
    span(0x2C, "duration_since_readout"),
    plain(0x3A, "dimensionless"),
    {0x40, 16, "voltage", "VLT", -9},
    {0x50, 16, "current", "AMP", -12},
    plain(0x60, "reset_counter"),
    plain(0x61, "cumulation_counter"),
});

template <std::size_t N>
const Range* find_range(const std::array<Range, N>& table, std::uint8_t code) {
  const auto found = std::find_if(table.begin(), table.end(), [code](const Range& one) {
    return code >= one.first && code < one.first + one.count;
  });
  return found == table.end() ? nullptr : &*found;
}

MbusQuantity quantity_of(const Range* range, std::uint8_t code, std::string_view prefix) {
  if (range == nullptr) {
    const char byte = static_cast<char>(code);
    return {"vif_" + std::string(prefix) + to_hex({&byte, 1}), "", 0, 1, 0, Kind::kNumber};
  }
  constexpr double kSpans[] = {1, 60, 3600, 86400};
  MbusQuantity quantity{std::string(range->name), range->unit, range->exponent,
                        range->multiplier,        0,           range->kind};
  const int step = code - range->first;
  if (range->is_time)
    quantity.multiplier = kSpans[step];
  else
    quantity.exponent += step;
  return quantity;
}

// What may stand behind any of them: a power of ten, a thousand, something to add.
void extend(MbusQuantity& quantity, std::uint8_t code) {
  if (code >= 0x70 && code <= 0x77) quantity.exponent += code - 0x76;
  if (code >= 0x78 && code <= 0x7B) {
    constexpr double kAdded[] = {0.001, 0.01, 0.1, 1};
    quantity.offset = kAdded[code - 0x78];
  }
  if (code == 0x7D) quantity.exponent += 3;
}

// The name of the unit in letters, last one first; what it measures nobody says.
bool read_unit_text(std::string_view bytes, std::size_t& at, MbusQuantity& quantity) {
  const std::size_t size = at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
  if (at >= bytes.size() || size > bytes.size() - at - 1) return false;
  std::string text(bytes.substr(at + 1, size));
  std::reverse(text.begin(), text.end());
  quantity.name = text == "%RH" ? "relative_humidity" : "text_unit";
  if (text == "%RH") quantity.unit = "P1";
  at += 1 + size;
  return true;
}

}  // namespace

std::optional<MbusQuantity> read_mbus_quantity(std::string_view bytes, std::size_t& at) {
  std::uint8_t byte = 0;
  const auto next = [&] {
    if (at >= bytes.size()) return false;
    byte = static_cast<std::uint8_t>(bytes[at++]);
    return true;
  };
  if (!next()) return std::nullopt;
  MbusQuantity quantity;
  const std::uint8_t vif = byte;
  if (vif == 0xFB || vif == 0xFD) {
    if (!next()) return std::nullopt;
    const auto code = static_cast<std::uint8_t>(byte & 0x7F);
    quantity = vif == 0xFB ? quantity_of(find_range(kFb, code), code, "fb")
                           : quantity_of(find_range(kFd, code), code, "fd");
  } else {
    const auto code = static_cast<std::uint8_t>(byte & 0x7F);
    quantity = quantity_of(find_range(kPrimary, code), code, "");
    if (code == 0x7C && !read_unit_text(bytes, at, quantity)) return std::nullopt;
  }
  bool is_makers = (vif & 0x7F) == 0x7F;  // behind it everything is the maker's own
  for (std::size_t count = 0; (byte & kMore) != 0; ++count) {
    if (count == kMaxExtensions || !next()) return std::nullopt;
    is_makers |= byte == 0xFF;
    if (!is_makers) extend(quantity, byte & 0x7F);
  }
  return quantity;
}

bool is_mbus_quantity(std::string_view name) {
  const auto among = [name](const auto& table) {
    return std::any_of(table.begin(), table.end(),
                       [name](const Range& one) { return one.name == name; });
  };
  return among(kPrimary) || among(kFb) || among(kFd) || name == "relative_humidity" ||
         name == "text_unit" || (name.starts_with("vif_") && name.size() > 4);
}

}  // namespace lamppost::formats

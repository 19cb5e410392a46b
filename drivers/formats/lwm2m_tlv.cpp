// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lwm2m_tlv.h"
#include "core/hex.h"

#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "core/json_text.h"
#include "drivers/formats/big_endian.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

enum class Kind : std::uint8_t { kInstance, kResourceInstance, kMultiple, kResource };

struct Item {
  Kind kind = Kind::kInstance;
  std::uint16_t id = 0;
  std::string_view value;
};

// The item at `at`, which moves behind it; nullopt when the bytes end before it does.
std::optional<Item> next_item(std::string_view bytes, std::size_t& at) {
  const auto type = static_cast<std::uint8_t>(bytes[at++]);
  const std::size_t id_size = (type & 0x20) != 0 ? 2 : 1;
  const std::size_t length_size = type >> 3 & 3;
  if (bytes.size() - at < id_size + length_size) return std::nullopt;
  Item item;
  item.kind = static_cast<Kind>(type >> 6);
  item.id = static_cast<std::uint16_t>(unsigned_of(bytes.substr(at, id_size)));
  at += id_size;
  const auto length = static_cast<std::size_t>(
      length_size == 0 ? type & 7U : unsigned_of(bytes.substr(at, length_size)));
  at += length_size;
  if (bytes.size() - at < length) return std::nullopt;
  item.value = bytes.substr(at, length);
  at += length;
  return item;
}

Json real_of(std::string_view bytes) {
  const double real =
      bytes.size() == 8
          ? std::bit_cast<double>(unsigned_of(bytes))
          : shortest(std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_of(bytes))));
  return std::isfinite(real) ? Json(real) : Json();
}

// nullopt when no value of that type has such bytes.
std::optional<Json> value_of(std::string_view bytes, Lwm2mType type) {
  const std::size_t size = bytes.size();
  switch (type) {
    case Lwm2mType::kInteger:
    case Lwm2mType::kTime:
      if (size != 1 && size != 2 && size != 4 && size != 8) return std::nullopt;
      return Json(signed_of(bytes));
    case Lwm2mType::kFloat:
      if (size != 4 && size != 8) return std::nullopt;
      return real_of(bytes);
    case Lwm2mType::kBoolean:
      if (size != 1 || static_cast<unsigned char>(bytes[0]) > 1) return std::nullopt;
      return Json(bytes[0] != 0);
    case Lwm2mType::kString:
      if (!is_utf8(bytes)) return std::nullopt;
      return Json(std::string(bytes));
    case Lwm2mType::kLink:
      if (size != 4) return std::nullopt;
      return Json(std::to_string(unsigned_of(bytes.substr(0, 2))) + ':' +
                  std::to_string(unsigned_of(bytes.substr(2))));
    case Lwm2mType::kOpaque:
      break;
  }
  return Json("0x" + to_hex(bytes));
}

constexpr std::array<std::string_view, 7> kTypeNames = {
    "bytes", "an integer", "a real", "a boolean", "text", "a time", "a link"};

class Reader {
 public:
  explicit Reader(const Lwm2mTypes& types) : types_(types) {}

  // Items that lie in what `path` names. The fault, or "".
  std::string read(std::string_view bytes, const Lwm2mPath& path, bool top);
  std::vector<Lwm2mEntry> entries() { return std::move(entries_); }

 private:
  std::string read_item(const Item& item, const Lwm2mPath& path, bool top);
  std::string add(const Lwm2mPath& path, std::string_view bytes);

  const Lwm2mTypes& types_;
  std::vector<Lwm2mEntry> entries_;
};

std::string Reader::read(std::string_view bytes, const Lwm2mPath& path, bool top) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const auto item = next_item(bytes, at);
    if (!item)
      return "the item at byte " + std::to_string(start) + " of " + to_text(path) + " is cut off";
    if (auto fault = read_item(*item, path, top); !fault.empty()) return fault;
  }
  return "";
}

// What the path names may wrap itself once more, at the top.
std::string Reader::read_item(const Item& item, const Lwm2mPath& path, bool top) {
  const bool resource = item.kind == Kind::kResource || item.kind == Kind::kMultiple;
  Lwm2mPath place = path;
  if (path.size() == 1 && resource) place.push_back(0);
  const std::size_t level = item.kind == Kind::kInstance ? 1 : resource ? 2 : 3;
  const bool wraps = top && place.size() == level + 1 && place.back() == item.id;
  if (!wraps) place.push_back(item.id);
  if (place.size() != level + 1)
    return "an item of another level with identifier " + std::to_string(item.id) + " in " +
           to_text(path);
  if (item.kind == Kind::kInstance || item.kind == Kind::kMultiple)
    return read(item.value, place, false);
  return add(place, item.value);
}

std::string Reader::add(const Lwm2mPath& path, std::string_view bytes) {
  if (entries_.size() == kMaxLwm2mEntries)
    return "more than " + std::to_string(kMaxLwm2mEntries) + " values";
  const Lwm2mType type = types_(path[0], path[2]);
  auto value = value_of(bytes, type);
  if (!value)
    return to_text(path) + ": " + std::to_string(bytes.size()) + " bytes are not " +
           std::string(kTypeNames.at(static_cast<std::size_t>(type)));
  entries_.push_back({path, std::move(*value)});
  return "";
}

}  // namespace

Result<std::vector<Lwm2mEntry>> read_tlv(std::string_view bytes, const Lwm2mPath& path,
                                         const Lwm2mTypes& types) {
  Reader reader(types);
  if (const std::string fault = reader.read(bytes, path, true); !fault.empty())
    return Error{Fault::kMalformed, "not LwM2M TLV: " + fault, ""};
  return reader.entries();
}

}  // namespace lamppost::formats

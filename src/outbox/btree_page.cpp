// SPDX-License-Identifier: Apache-2.0
#include "outbox/btree_page.h"

#include <algorithm>

namespace lamppost::outbox {
namespace {

// What of a record stays on the page when not all of it does (section 1.6).
constexpr std::size_t kMostInTable = kPageSize - 35;
constexpr std::size_t kMostInIndex = (kPageSize - 12) * 64 / 255 - 23;
constexpr std::size_t kLeast = (kPageSize - 12) * 32 / 255 - 23;
constexpr std::size_t kOverflow = kPageSize - 4;
constexpr std::uint64_t kMaxRecord = std::uint64_t{128} << 20;

// Takes a varint off the front.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t n = 0; n < 9 && n < bytes.size(); ++n) {
    const auto byte = static_cast<unsigned char>(bytes[n]);
    if (n == 8) {
      bytes.remove_prefix(9);
      return value << 8 | byte;
    }
    value = value << 7 | (byte & 0x7FU);
    if (byte < 0x80) {
      bytes.remove_prefix(n + 1);
      return value;
    }
  }
  return std::nullopt;
}

BtreePage::Kind kind_of(char type) {
  switch (type) {
    case 0x02:
      return BtreePage::Kind::kIndexInterior;
    case 0x05:
      return BtreePage::Kind::kTableInterior;
    case 0x0A:
      return BtreePage::Kind::kIndexLeaf;
    case 0x0D:
      return BtreePage::Kind::kTableLeaf;
    default:
      return BtreePage::Kind::kNone;
  }
}

std::size_t local_size(std::uint64_t size, bool table) {
  const auto most = table ? kMostInTable : kMostInIndex;
  if (size <= most) return static_cast<std::size_t>(size);
  const auto rest = kLeast + static_cast<std::size_t>((size - kLeast) % kOverflow);
  return rest <= most ? rest : kLeast;
}

bool take_record(std::string_view bytes, bool table, Cell& cell) {
  const auto size = take_varint(bytes);
  if (!size || *size > kMaxRecord) return false;
  if (table) {
    const auto key = take_varint(bytes);
    if (!key) return false;
    cell.key = static_cast<std::int64_t>(*key);
  }
  cell.size = *size;
  const auto local = local_size(*size, table);
  if (bytes.size() < local) return false;
  cell.local = bytes.substr(0, local);
  if (local == *size) return true;
  if (bytes.size() < local + 4) return false;
  cell.overflow = u32_at(bytes, local);
  return true;
}

std::optional<Cell> parse_cell(std::string_view bytes, BtreePage::Kind kind) {
  Cell cell;
  const bool table = kind == BtreePage::Kind::kTableLeaf || kind == BtreePage::Kind::kTableInterior;
  if (kind == BtreePage::Kind::kTableInterior || kind == BtreePage::Kind::kIndexInterior) {
    if (bytes.size() < 4) return std::nullopt;
    cell.child = u32_at(bytes, 0);
    bytes.remove_prefix(4);
  }
  if (kind == BtreePage::Kind::kTableInterior) {
    const auto key = take_varint(bytes);
    if (!key) return std::nullopt;
    cell.key = static_cast<std::int64_t>(*key);
    return cell;
  }
  return take_record(bytes, table, cell) ? std::optional(cell) : std::nullopt;
}

// Size of a value of this serial type; integers and reals too.
std::optional<std::size_t> size_of_type(std::uint64_t type) {
  constexpr std::size_t kFixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
  if (type < 10) return kFixed[type];
  if (type < 12 || type > 2 * kMaxRecord) return std::nullopt;
  return static_cast<std::size_t>((type - 12) / 2);
}

Value value_of(std::uint64_t type, std::string_view bytes) {
  if (type == 0) return {};
  if (type == 7) return {'R', 0, bytes};
  if (type >= 12) return {type % 2 == 0 ? 'B' : 'T', 0, bytes};
  if (type >= 8) return {'I', static_cast<std::int64_t>(type - 8), {}};
  std::int64_t value = static_cast<signed char>(bytes[0]) < 0 ? -1 : 0;
  for (const char byte : bytes) value = value * 256 + static_cast<unsigned char>(byte);
  return {'I', value, {}};
}

}  // namespace

bool BtreePage::lists(PageNumber child) const {
  return right == child || std::any_of(cells.begin(), cells.end(),
                                       [child](const Cell& cell) { return cell.child == child; });
}

BtreePage parse_page(std::string_view bytes, PageNumber number) {
  BtreePage page;
  const std::size_t start = number == 1 ? 100 : 0;  // behind the header of the file
  if (bytes.size() != kPageSize) return page;
  page.kind = kind_of(bytes[start]);
  if (page.kind == BtreePage::Kind::kNone) return page;
  const std::size_t header = page.interior() ? 12 : 8;
  const std::size_t cells = u16_at(bytes, start + 3);
  if (page.interior()) page.right = u32_at(bytes, start + 8);
  for (std::size_t n = 0; n < cells; ++n) {
    const auto pointer = start + header + 2 * n;
    if (pointer + 2 > kPageSize) break;
    const std::size_t at = u16_at(bytes, pointer);
    const bool inside = at >= pointer + 2 && at < kPageSize;
    const auto cell = inside ? parse_cell(bytes.substr(at), page.kind) : std::nullopt;
    if (cell) page.cells.push_back(*cell);
  }
  page.whole = page.cells.size() == cells;
  return page;
}

std::optional<std::string> record_of(PageFile& file, const Cell& cell) {
  if (cell.size > std::uint64_t{file.count()} * kPageSize) return std::nullopt;
  std::string record(cell.local);
  for (auto next = cell.overflow; record.size() < cell.size;) {
    const auto bytes = file.page(next);
    if (bytes.empty()) return std::nullopt;
    next = u32_at(bytes, 0);
    record.append(bytes, 4, static_cast<std::size_t>(cell.size - record.size()));
  }
  return record;
}

std::vector<Value> values_of(std::string_view record) {
  constexpr std::size_t kMaxColumns = 64;
  auto header = record;
  const auto header_size = take_varint(header);
  const auto header_start = record.size() - header.size();
  if (!header_size || *header_size > record.size() || *header_size < header_start) return {};
  auto body = record.substr(static_cast<std::size_t>(*header_size));
  header = header.substr(0, static_cast<std::size_t>(*header_size) - header_start);
  std::vector<Value> values;
  while (!header.empty()) {
    const auto type = take_varint(header);
    const auto size = type ? size_of_type(*type) : std::nullopt;
    if (!size || *size > body.size() || values.size() == kMaxColumns) return {};
    values.push_back(value_of(*type, body.substr(0, *size)));
    body.remove_prefix(*size);
  }
  if (!body.empty()) return {};
  return values;
}

std::string shape_of(const std::vector<Value>& values) {
  std::string shape;
  for (const auto& value : values) shape += value.kind;
  return shape;
}

}  // namespace lamppost::outbox

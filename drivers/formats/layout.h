// SPDX-License-Identifier: Apache-2.0
// Binary payloads described by data: fixed frames, tables of type-length-value items, and blocks
// that a bitmap announces. A layout is compiled once, when the configuration is loaded; reading
// only walks plain arrays and never looks beyond the end of the payload.
//
//   endian = "big"                       # of numbers of two bytes and more; "u16le" says it itself
//   [[frame]]                            # the first frame that fits is taken
//   fport  = [2]                         # LoRaWAN ports; absent: any, and payloads without one
//   size   = 11                          # bytes: exactly, or [least, most]
//   when   = [{ at = 1, is = 0x35 }]     # bytes that tell it from other frames; mask, not
//   sum    = { kind = "sum8", from = 2, before_end = 2, from_end = 2 }   # a wrong one is refused
//   fields = [ { name = "battery", type = "u16", bits = [0, 14], scale = 0.001, unit = "VLT" } ]
//   tlv_at = 3                           # the items begin here
//   flags_at = 3                         # the bitmap begins here
//
//   [tlv]                                # without a [[frame]] the items begin at byte 0
//   key = 2, length = 0                  # bytes of the type, and of a length behind it
//   length_first = true                  # the length comes before the type, and counts it
//   before_end = 2                       # bytes at the end that are no items: a checksum
//   unknown = "skip"                     # only with a length; else an unknown type is the end
//   [[item]]                             # key, and the keys of one field or `fields`
//   # size = bytes without fields; rest = true: all that remain; repeats = true: a list of values
//   key = "0367", name = "temperature", type = "i16", scale = 0.1, unit = "CEL"
//
//   [flags]                              # width = bytes of the bitmap (2)
//   [[flag]]                             # blocks follow the bitmap in the order of their bits
//   bit = 0, size = 4, fields = [...]
//
// A field: name; at (default: behind the field before); type u8 i8 u16 i16 u24 i24 u32 i32 u40 u48
// u64 i64 f32 f64 bcdN hexN textN (N bytes), with le, be or lw (words of two bytes, the lowest
// first) behind it; bits = [lowest, count] of the number, or several of these to be joined, the
// highest first; scale, offset or poly = [c0, c1, c2...] and power; decimals; unit (UN/CEFACT Rec
// 20); sentinel = raw numbers that mean "no value"; map = { "1" = "open" }, or the name of a table
// of [maps], with else; when; optional = true when a short payload may lack it; count and stride
// for a list of numbers (count = 0: up to the end, before_end: but for the last bytes), join = "."
// for a text of them; from_end instead of at: counted from behind; time = "2013-01-01T00:00:00Z":
// seconds since then are the device's time. value = "heartbeat" instead of a type: what the frame
// says by being there. hexN is the bytes as they come, hexNle from the last to the first.
//
// The sum of a frame is of its bytes from `from` on but for the last `before_end`, and stands
// `from_end` before the end; both are its width unless said. kind: sum8, sum16 (in the order of
// `endian`), xor8, crc8 (polynomial 07), or zero8: all bytes together are 0.
//
//   [[made]]                             # values made of those that were read, when it is all read
//   name = "pax", sum = ["wifi", "ble"]  # of those that came; in the unit of the first, or `unit`
//   name = "id", join = ["high", "low"], between = ""  # one text, when all of them came
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/observation.h"
#include "core/result.h"

namespace lamppost::formats {

// Bounds on a layout, and on what one payload can become.
inline constexpr std::size_t kMaxLayoutFields = 4000;
inline constexpr std::size_t kMaxFieldBytes = 64;
inline constexpr std::size_t kMaxListed = 64;  // numbers of one list
inline constexpr std::size_t kMaxLayoutObservations = 10'000;

struct Condition {
  std::size_t at = 0;
  std::uint8_t mask = 0xFF;
  std::vector<std::uint8_t> is;
  bool negated = false;
};

struct BitRange {
  unsigned lowest = 0, count = 0;
};

enum class Coding : std::uint8_t { kUnsigned, kSigned, kFloat, kBcd, kHex, kText };

struct Field {
  std::string name, unit;
  std::size_t at = 0, width = 1;  // bytes from the beginning of the frame, item or block
  Coding coding = Coding::kUnsigned;
  bool big_endian = true, low_word_first = false;
  bool reversed = false;       // hexadecimal from the last byte on
  std::vector<BitRange> bits;  // the highest first; none: all of it
  double factor = 1, divisor = 1, offset = 0;
  std::vector<double> poly;
  int power = 1;
  std::optional<int> decimals;
  std::vector<std::int64_t> sentinel;
  std::vector<std::pair<std::int64_t, Json>> words;  // sorted by number
  std::optional<Json> otherwise;
  std::vector<Condition> when;
  bool optional = false;
  bool is_list = false;
  std::size_t count = 1, stride = 0;    // of a list; count 0: as many as there are
  std::size_t before_end = 0;           // bytes at the end that are not of the list
  std::optional<std::string> join;      // of a list: between its numbers, in one text
  std::optional<std::size_t> from_end;  // instead of `at`, counted from behind
  std::optional<Timestamp> epoch;       // set: this is the time, no observation
  std::optional<Json> constant;         // set: the value, whatever the bytes are
};

struct Block {
  std::vector<Field> fields;
  std::size_t size = 0;  // bytes that have to be there
};

// An item of a TLV table, or a block that a bit announces.
struct Item {
  std::uint64_t key = 0;
  Block block;
  bool rest = false;     // takes all that remains
  bool repeats = false;  // may come again: its values become lists
};

struct Checksum {
  enum class Kind : std::uint8_t { kNone, kSum8, kSum16, kXor8, kCrc8, kZero8 };
  Kind kind = Kind::kNone;
  std::size_t from = 0, before_end = 0, from_end = 0;
};

struct Frame {
  Checksum sum;
  std::vector<int> fports;
  std::size_t least = 0, most = SIZE_MAX;
  std::vector<Condition> when;
  Block block;
  std::optional<std::size_t> tlv_at, flags_at;
};

// A value of others.
struct Made {
  std::string name, unit, between;
  std::vector<std::string> of;
  bool joins = false;  // one text, else their sum
};

struct Layout {
  std::vector<Frame> frames;
  std::vector<Made> made;
  std::size_t key_bytes = 1, length_bytes = 0, flag_bytes = 2;
  std::size_t before_end = 0;  // bytes behind the items
  bool skip_unknown = false, length_first = false;
  bool big_endian = true;
  std::vector<Item> items;  // sorted by key
  std::vector<Item> flags;  // sorted by bit
};

// Throws OptionError; option() is the JSON pointer to the place in `content`. With `names`, fields
// of other names are left out.
Layout compile_layout(const Json& content, const std::vector<std::string>& names);

// Appends to `group`, and may set its device_time. Malformed when no frame fits, when the payload
// ends within a field, and at an item of unknown type.
Result<void> read_layout(const Layout& layout, std::string_view bytes, std::optional<int> fport,
                         ObservationGroup& group);

}  // namespace lamppost::formats

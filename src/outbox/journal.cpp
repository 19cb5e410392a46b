// SPDX-License-Identifier: Apache-2.0
#include "outbox/journal.h"

#include <cstring>
#include <type_traits>

namespace lamppost::outbox {
namespace {

constexpr std::size_t kFrame = 8;

std::uint32_t check_of(std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
  std::uint64_t mixed = bytes.size() * kPrime;
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    mixed = (mixed ^ word) * kPrime;
    mixed ^= mixed >> 29;
    bytes.remove_prefix(8);
  }
  for (const char c : bytes) mixed = (mixed ^ static_cast<std::uint8_t>(c)) * kPrime;
  return static_cast<std::uint32_t>(mixed >> 32);
}

// Each value is written and read by the same walk() below, so the two can not differ.
struct Writer {
  std::string& out;
  static constexpr int version = 2;

  template <typename T>
  void raw(const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <typename T>
  std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>> one(const T& value) {
    raw(value);
  }
  void one(const std::string& text) {
    raw(static_cast<std::uint32_t>(text.size()));
    out += text;
  }
  template <typename T, typename Each>
  void list(const std::vector<T>& items, Each each) {
    raw(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items) each(item);
  }
};

struct Reader {
  std::string_view bytes;
  int version;
  bool good = true;

  std::string_view take(std::size_t size) {
    if (size > bytes.size()) {
      good = false;
      return {};
    }
    const auto taken = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return taken;
  }
  template <typename T>
  std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>> one(T& value) {
    const auto taken = take(sizeof value);
    if (good) std::memcpy(&value, taken.data(), sizeof value);
  }
  void one(std::string& text) {
    std::uint32_t size = 0;
    one(size);
    text = take(size);
  }
  template <typename T, typename Each>
  void list(std::vector<T>& items, Each each) {
    std::uint32_t size = 0;
    one(size);
    for (std::uint32_t i = 0; i < size && good; ++i) each(items.emplace_back());
  }
};

template <typename Coder, typename R>
void walk_row(Coder& coder, R& row) {
  coder.one(row.id);
  coder.one(row.destination);
  coder.one(row.entity);
  coder.one(row.payload);
  coder.one(row.enqueued.ms);
  coder.one(row.observed_at.ms);
  coder.one(row.born_ms);
  coder.one(row.attempts);
  coder.one(row.kind);
  if (coder.version > 1) coder.one(row.priority);
}

template <typename Coder, typename L>
void walk_letter(Coder& coder, L& letter) {
  coder.one(letter.id);
  for (auto* text : {&letter.destination, &letter.entity, &letter.reason, &letter.text,
                     &letter.pointer, &letter.payload, &letter.source, &letter.topic,
                     &letter.content_type, &letter.reading, &letter.mapping})
    coder.one(*text);
  coder.one(letter.arrived.ms);
  coder.one(letter.died.ms);
  coder.one(letter.status);
}

template <typename Coder, typename U>
void walk_unknown(Coder& coder, U& unknown) {
  coder.one(unknown.id);
  for (auto* text :
       {&unknown.source, &unknown.topic, &unknown.content_type, &unknown.payload, &unknown.text})
    coder.one(*text);
  coder.one(unknown.count);
  coder.one(unknown.first.ms);
  coder.one(unknown.last.ms);
}

template <typename Coder, typename G>
void walk_gap(Coder& coder, G& gap) {
  coder.one(gap.id);
  for (auto* text : {&gap.destination, &gap.reason, &gap.types}) coder.one(*text);
  coder.one(gap.rows);
  for (auto* at : {&gap.began, &gap.ended, &gap.first, &gap.last}) coder.one(at->ms);
}

template <typename Coder, typename C>
void walk_change(Coder& coder, C& change) {
  coder.list(change.puts, [&](auto& row) { walk_row(coder, row); });
  coder.list(change.replacements, [&](auto& replacement) {
    walk_row(coder, replacement.row);
    coder.one(replacement.old_bytes);
  });
  coder.list(change.erasures, [&](auto& erasure) {
    coder.one(erasure.destination);
    coder.one(erasure.id);
    coder.one(erasure.bytes);
  });
  coder.list(change.letters, [&](auto& letter) { walk_letter(coder, letter); });
  coder.list(change.erased_letters, [&](auto& id) { coder.one(id); });
  coder.list(change.unknowns, [&](auto& unknown) { walk_unknown(coder, unknown); });
  coder.list(change.counts, [&](auto& count) {
    coder.one(count.key.book);
    coder.one(count.key.name);
    coder.one(count.key.word);
    coder.one(count.by);
  });
  if (coder.version > 1) coder.list(change.gaps, [&](auto& gap) { walk_gap(coder, gap); });
}

template <typename Coder, typename M>
void walk_marks(Coder& coder, M& marks) {
  coder.one(marks.instance);
  coder.one(marks.reserved);
  coder.one(marks.transfer);
}

}  // namespace

void append_entry(std::string& out, const Entry& entry) {
  const auto start = out.size();
  out.append(kFrame, '\0');
  Writer writer{out};
  writer.one(entry.marks.has_value());
  if (entry.marks) walk_marks(writer, *entry.marks);
  writer.one(entry.clears_unknowns);
  walk_change(writer, entry.change);
  const std::string_view body(out.data() + start + kFrame, out.size() - start - kFrame);
  const std::uint32_t frame[] = {static_cast<std::uint32_t>(body.size()), check_of(body)};
  std::memcpy(out.data() + start, frame, kFrame);
}

std::optional<Entry> take_entry(std::string_view& bytes, int version) {
  std::uint32_t frame[2];
  if (bytes.size() < kFrame) return std::nullopt;
  std::memcpy(frame, bytes.data(), kFrame);
  if (bytes.size() - kFrame < frame[0]) return std::nullopt;
  Reader reader{bytes.substr(kFrame, frame[0]), version};
  if (check_of(reader.bytes) != frame[1]) return std::nullopt;
  Entry entry;
  bool has_marks = false;
  reader.one(has_marks);
  if (has_marks) walk_marks(reader, entry.marks.emplace());
  reader.one(entry.clears_unknowns);
  walk_change(reader, entry.change);
  if (!reader.good || !reader.bytes.empty()) return std::nullopt;
  bytes.remove_prefix(kFrame + frame[0]);
  return entry;
}

}  // namespace lamppost::outbox

// SPDX-License-Identifier: Apache-2.0
#include "support/simulated_disk.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace lamppost {
namespace {

using Kind = DiskOperation::Kind;
using Names = std::map<std::string, std::size_t>;

bool names_something(const DiskOperation& operation) {
  return operation.kind == Kind::kCreate || operation.kind == Kind::kRemove ||
         operation.kind == Kind::kRename;
}

void write(std::string& bytes, const DiskOperation& write, const Arrival& arrival, char filler) {
  const auto size = static_cast<std::int64_t>(write.bytes.size());
  const auto from = std::min(arrival.from, size);
  const auto to = std::min(arrival.to, size);
  const auto end = static_cast<std::size_t>(write.offset + (arrival.length ? size : to));
  if ((from < to || arrival.length) && bytes.size() < end) bytes.resize(end, filler);
  if (from < to)
    bytes.replace(static_cast<std::size_t>(write.offset + from),
                  static_cast<std::size_t>(to - from), write.bytes, static_cast<std::size_t>(from),
                  static_cast<std::size_t>(to - from));
}

void change(std::string& bytes, const DiskOperation& operation, const Arrival& arrival,
            char filler) {
  if (operation.kind == Kind::kWrite) write(bytes, operation, arrival, filler);
  if (operation.kind == Kind::kTruncate && arrival.anything())
    bytes.resize(static_cast<std::size_t>(operation.offset), filler);
}

void change(Names& names, const DiskOperation& operation, std::size_t file) {
  if (operation.kind == Kind::kCreate)
    names[operation.file] = file;
  else
    names.erase(operation.file);
  if (operation.kind == Kind::kRename) names[operation.to] = file;
}

}  // namespace

SimulatedDisk::SimulatedDisk(const DiskImage& before, Deaf deaf) : deaf_(std::move(deaf)) {
  for (const auto& [name, bytes] : before) {
    names_[name] = safe_names_[name] = safe_bytes_.size();
    safe_bytes_.push_back(bytes);
  }
}

void SimulatedDisk::apply(const DiskOperation& operation) {
  if (operation.kind == Kind::kSyncDirectory) {
    if (deaf_ && deaf_(operation)) return;
    return settle([](const Unsafe& one) { return names_something(*one.operation); }, true);
  }
  if (operation.kind == Kind::kCreate) {
    names_[operation.file] = safe_bytes_.size();
    safe_bytes_.emplace_back();
  }
  const auto file = names_.at(operation.file);
  const auto in_file = [file](const Unsafe& one) {
    return one.file == file && !names_something(*one.operation);
  };
  if (operation.kind == Kind::kSyncFailed) return settle(in_file, false);
  if (operation.kind != Kind::kSync) {
    unsafe_.push_back({&operation, file});
    if (operation.kind != Kind::kCreate && names_something(operation))
      change(names_, operation, file);
  } else if (!deaf_ || !deaf_(operation)) {
    settle(in_file, true);
  }
}

void SimulatedDisk::settle(const std::function<bool(const Unsafe&)>& concerned, bool arrives) {
  std::erase_if(unsafe_, [&](const Unsafe& one) {
    if (!concerned(one)) return false;
    if (arrives && names_something(*one.operation)) change(safe_names_, *one.operation, one.file);
    if (arrives) change(safe_bytes_[one.file], *one.operation, kArrived, 0);
    return true;
  });
}

DiskImage SimulatedDisk::after(const Cut& cut) const {
  auto bytes = safe_bytes_;
  auto names = safe_names_;
  for (std::size_t n = 0; n < unsafe_.size(); ++n) {
    const auto& [operation, file] = unsafe_[n];
    if (!names_something(*operation))
      change(bytes[file], *operation, cut.arrivals[n], cut.filler);
    else if (cut.arrivals[n].anything())
      change(names, *operation, file);
  }
  DiskImage image;
  for (const auto& [name, file] : names) image[name] = bytes[file];
  return image;
}

namespace {

constexpr std::int64_t kSector = 512;

// `most` of the numbers 0 to `count` - 1.
std::vector<std::size_t> some(std::size_t count, std::size_t most, std::mt19937& random) {
  std::vector<std::size_t> all(count), chosen;
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::sample(all.begin(), all.end(), std::back_inserter(chosen), most, random);
  return chosen;
}

Cut random_cut(std::size_t count, std::mt19937& random) {
  Cut cut{{}, random() % 2 == 0 ? '\0' : '\xE5'};
  for (std::size_t n = 0; n < count; ++n) {
    const bool arrived = random() % 2 == 0;
    cut.arrivals.push_back(arrived ? kArrived : Arrival{0, 0, random() % 2 == 0});
  }
  return cut;
}

// Where one sector of the disk ends and the next begins within a write; from the write's start.
std::vector<std::int64_t> sector_ends(const DiskOperation& write) {
  std::vector<std::int64_t> ends;
  const auto size = static_cast<std::int64_t>(write.bytes.size());
  for (auto at = kSector - write.offset % kSector; at < size; at += kSector) ends.push_back(at);
  return ends;
}

}  // namespace

std::vector<Cut> cuts(const SimulatedDisk& disk, std::size_t most, std::mt19937& random) {
  const auto count = disk.unsafe_count();
  const Cut all{std::vector(count, kArrived)}, none{std::vector(count, kMissing)};
  if (count == 0 || most == 0) return {none};
  std::vector<Cut> found{all, none};
  for (const auto n : some(count, most, random)) {
    found.push_back(all);
    found.back().arrivals[n] = kMissing;
    found.push_back(none);
    found.back().arrivals[n] = kArrived;
  }
  for (std::size_t n = 0; n < most && count > 1; ++n) found.push_back(random_cut(count, random));
  const auto& last = disk.unsafe(count - 1);
  if (last.kind != Kind::kWrite) return found;
  const auto ends = sector_ends(last);
  for (const auto n : some(ends.size(), most, random)) {
    found.push_back(all);
    found.back().arrivals.back() = {0, ends[n], false};
    found.push_back(all);
    found.back().arrivals.back() = {ends[n], Arrival::kEnd, false};
  }
  return found;
}

}  // namespace lamppost

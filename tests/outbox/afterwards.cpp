// SPDX-License-Identifier: Apache-2.0
#include "afterwards.h"

#include <fstream>
#include <unordered_set>

#include "core/finding.h"

namespace lamppost::outbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAll = 100'000;

// What two walks over a log draw from.
struct Lottery {
  std::mt19937 random;
  std::unordered_set<std::uint64_t> known;
};

std::uint64_t hash_of(const DiskImage& image, std::size_t state) {
  std::uint64_t hash = state;
  const auto mix = [&hash](const std::string& text) {
    hash = hash * 0x9E3779B97F4A7C15U + std::hash<std::string>()(text);
  };
  for (const auto& [name, bytes] : image) mix(name), mix(bytes);
  return hash;
}

// What the disk may look like now, without those that are known.
std::vector<DiskImage> left_by(const SimulatedDisk& disk, std::size_t state,
                               const Thoroughness& thoroughness, Lottery& lottery, Cuts& count) {
  std::vector<DiskImage> left;
  for (const auto& way : cuts(disk, thoroughness.most, lottery.random)) {
    auto image = disk.after(way);
    if (lottery.known.insert(hash_of(image, state)).second) left.push_back(std::move(image));
    ++count.ways;
  }
  ++count.points;
  count.starts += left.size();
  return left;
}

void note(Cuts& count, const Words& wrong) {
  if (!wrong.empty() && count.violated++ == 0) count.first = wrong;
}

}  // namespace

Afterwards::Afterwards(Options options) : options_(std::move(options)) {
  options_.path = directory_ / "lib" / "outbox.db";
  options_.runtime_dir = directory_ / "run";
}

void Afterwards::put_back(const DiskImage& left) {
  for (const auto& part : {options_.path.parent_path(), options_.runtime_dir}) {
    fs::remove_all(part);
    fs::create_directories(part);
  }
  for (const auto& [name, bytes] : left) {
    std::ofstream file(options_.path.parent_path() / name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // Whatever became of the index of the WAL, it is made anew.
  std::ofstream(options_.path.string() + "-shm") << std::string(32'768, '\x5A');
}

Words Afterwards::broken(const DiskImage& left, std::size_t cut, const Promises& promises) {
  put_back(left);
  Words wrong;
  const Log log([&wrong](LogLevel level, std::string_view line) {
    if (level <= LogLevel::kWarning) wrong.emplace_back(line);
  });
  try {
    look(cut, promises, log, wrong);
  } catch (const ConfigError& error) {
    wrong.emplace_back(error.what());
  }
  for (const auto& file : fs::directory_iterator(options_.path.parent_path()))
    if (file.path().string().find(".corrupt-") != std::string::npos)
      wrong.push_back("set aside: " + file.path().filename().string());
  return wrong;
}

void Afterwards::look(std::size_t cut, const Promises& promises, const Log& log, Words& wrong) {
  // Half of the gateways have a clock that goes on without power.
  const ManualClock clock(cut % 2 == 0 ? Timestamp{946'684'800'000} : Timestamp{1'772'370'000'000});
  const auto outbox = Outbox::open(options_, clock, log);
  const auto lost =
      promises.broken(cut, {outbox->list(kAll), outbox->dead(kAll), outbox->totals()});
  wrong.insert(wrong.end(), lost.begin(), lost.end());
  Deposit deposit;
  deposit.source = "site";
  deposit.rows.push_back({"afterwards", "urn:new", "new", clock.now(), false});
  if (!outbox->append(deposit)) wrong.emplace_back("it takes no readings");
  if (outbox->list(kAll).back().id <= promises.highest_id(cut))
    wrong.emplace_back("an id comes twice");
}

DiskLog Afterwards::start_and_stop(const DiskImage& left) {
  put_back(left);
  const RecordingVfs disk;
  const ManualClock clock;
  static_cast<void>(Outbox::open(options_, clock, Log([](LogLevel, std::string_view) {})));
  return disk.log();
}

Cuts& Cuts::operator+=(const Cuts& more) {
  points += more.points;
  ways += more.ways;
  starts += more.starts;
  if (violated == 0) first = more.first;
  violated += more.violated;
  return *this;
}

Cuts cut_everywhere(const Lived& life, Afterwards& afterwards, const Thoroughness& thoroughness,
                    SimulatedDisk::Deaf deaf) {
  Cuts count;
  SimulatedDisk disk({}, std::move(deaf));
  Lottery lottery{std::mt19937(thoroughness.seed), {}};
  for (std::size_t cut = 0; cut <= life.log.size(); ++cut) {
    if (cut > 0) disk.apply(life.log[cut - 1]);
    const bool write = cut > 0 && life.log[cut - 1].kind == DiskOperation::Kind::kWrite;
    if (write && cut % thoroughness.every != 0) continue;
    Words wrong;
    for (const auto& left : left_by(disk, life.promises.state(cut), thoroughness, lottery, count))
      if (wrong.empty()) wrong = afterwards.broken(left, cut, life.promises);
    note(count, wrong);
  }
  return count;
}

Cuts cut_twice(const Lived& life, Afterwards& afterwards, const Thoroughness& thoroughness) {
  Cuts count;
  SimulatedDisk disk;
  Lottery lottery{std::mt19937(thoroughness.seed), {}};
  for (std::size_t cut = 1; cut <= life.log.size(); ++cut) {
    disk.apply(life.log[cut - 1]);
    if (cut % thoroughness.every != 0) continue;
    const auto ways = cuts(disk, thoroughness.most, lottery.random);
    const auto first = disk.after(ways[lottery.random() % ways.size()]);
    const auto start = afterwards.start_and_stop(first);
    SimulatedDisk again(first);
    for (const auto& operation : start) {
      again.apply(operation);
      Words wrong;
      for (const auto& left :
           left_by(again, life.promises.state(cut), thoroughness, lottery, count))
        if (wrong.empty()) wrong = afterwards.broken(left, cut, life.promises);
      note(count, wrong);
    }
  }
  return count;
}

}  // namespace lamppost::outbox

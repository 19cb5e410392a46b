// SPDX-License-Identifier: Apache-2.0
#include "ingest/freshness.h"

#include <algorithm>

#include "core/fingerprint.h"

namespace lamppost::ingest {

using std::chrono::milliseconds;

Freshness::Freshness(const Clock& clock, std::string boot, std::filesystem::path directory,
                     const Log& log)
    : clock_(clock), boot_(std::move(boot)), directory_(std::move(directory)), log_(log) {}

// What was written in another boot is of another clock, and never found.
std::uint64_t Freshness::key_of(const std::string& device) const {
  return Fingerprint().add(boot_).add(device).value();
}

void Freshness::configure(const config::Config& config) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watches_, [&](const auto& entry) {
    const Watch& watch = entry.second;
    if (watch.mapping.empty()) {
      const auto listed = config.devices.by_key.find(entry.first);
      return listed == config.devices.by_key.end() || listed->second.expect.count() == 0;
    }
    return std::none_of(config.mappings.begin(), config.mappings.end(), [&](const auto& mapping) {
      return mapping.name == watch.mapping && mapping.expect.count() > 0;
    });
  });
  watch_listed(config);
}

void Freshness::watch_listed(const config::Config& config) {
  const bool is_start = !heard_;
  const auto now = clock_.monotonic();
  unwatched_ = 0;
  for (const auto& [key, device] : config.devices.by_key) {
    if (device.expect.count() == 0) continue;
    if (!watches_.contains(key) && watches_.size() >= kMaxWatched) {
      ++unwatched_;
      continue;
    }
    auto& watch =
        watches_.try_emplace(key, Watch{device.expect, now, false, false, ""}).first->second;
    watch.expect = device.expect;
  }
  if (unwatched_ > 0)
    log_.warning(std::to_string(unwatched_) + " devices are not watched: expect is for at most " +
                 std::to_string(kMaxWatched));
  if (is_start && !watches_.empty()) restore();
}

// While the daemon was away nobody could be heard: the last that anybody was is taken for its end.
void Freshness::restore() {
  heard_.emplace(directory_.empty() ? directory_ : directory_ / "heard.times", kHeardSlots, log_);
  if (!heard_->survived()) return;
  const auto now = clock_.monotonic();
  std::vector<std::pair<Watch*, milliseconds>> known;
  milliseconds newest{0};
  for (auto& [name, watch] : watches_)
    if (const auto at = heard_->find(key_of(name)); at && milliseconds(*at) <= now) {
      known.emplace_back(&watch, milliseconds(*at));
      newest = std::max(newest, milliseconds(*at));
    }
  for (const auto& [watch, at] : known) {
    watch->since = at + (now - newest);
    watch->was_heard = true;
  }
}

void Freshness::heard(const config::Mapping& rules, const mapping::Mapped& mapped,
                      Timestamp arrived, bool clock_trusted) {
  const config::Device* device = mapped.device;
  const bool is_listed = device != nullptr && device->expect.count() > 0;
  const auto expect = is_listed ? device->expect : rules.expect;
  if (!mapped.is_main) return;
  const auto& name = device != nullptr ? device->key : mapped.update.id;
  const auto now = clock_.monotonic();
  const bool is_dated = clock_trusted && mapped.time_source != mapping::TimeSource::kArrival;
  const std::int64_t back_ms =
      is_dated ? std::max<std::int64_t>(0, arrived.ms - mapped.update.observed_at.ms) : 0;
  const auto at = now - milliseconds(back_ms);

  const std::lock_guard lock(mutex_);
  if (!heard_) restore();
  auto found = watches_.find(name);
  if (found == watches_.end()) {
    if (watches_.size() >= kMaxWatched) {
      if (!std::exchange(was_full_, true))
        log_.warning("more than " + std::to_string(kMaxWatched) +
                     " devices: those beyond are not watched (expect)");
      return;
    }
    found =
        watches_.emplace(name, Watch{expect, at, false, false, is_listed ? "" : rules.name}).first;
  }
  Watch& watch = found->second;
  watch.expect = expect;
  watch.since = watch.was_heard ? std::max(watch.since, at) : at;
  watch.was_heard = true;
  if (watch.since.count() >= 0) heard_->put(key_of(name), watch.since.count());
}

Attendance Freshness::attendance() const {
  const std::lock_guard lock(mutex_);
  Attendance result;
  result.unwatched = unwatched_;
  const auto now = clock_.monotonic();
  for (const auto& [name, watch] : watches_) {
    const auto silent = now - watch.since;
    if (silent <= watch.expect) {
      ++(watch.was_heard ? result.ok : result.waiting);
      continue;
    }
    const bool is_missing = silent > kMissingAfter * watch.expect;
    ++(is_missing ? result.missing : result.late);
    result.absent.push_back({name, is_missing, silent, watch.expect});
  }
  const auto times = [](const Absent& one) {
    return static_cast<double>(one.silent.count()) / static_cast<double>(one.expect.count());
  };
  const auto listed = std::min(kMaxAbsent, result.absent.size());
  std::partial_sort(result.absent.begin(),
                    result.absent.begin() + static_cast<std::ptrdiff_t>(listed),
                    result.absent.end(), [&](const Absent& a, const Absent& b) {
                      return times(a) != times(b) ? times(a) > times(b) : a.device < b.device;
                    });
  result.absent.resize(listed);
  return result;
}

void Freshness::say_changes() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.monotonic();
  if (looked_ && now - *looked_ < kLookEvery) return;
  looked_ = now;
  std::size_t gone = 0, back = 0;
  const auto seconds = [](milliseconds span) { return std::to_string(span.count() / 1000) + " s"; };
  for (auto& [name, watch] : watches_) {
    const auto silent = now - watch.since;
    const bool is_missing = silent > kMissingAfter * watch.expect;
    if (is_missing == watch.said_missing) continue;
    watch.said_missing = is_missing;
    if (++(is_missing ? gone : back) > kMaxSaid) continue;
    const std::string device = "device " + printable(name);
    if (is_missing)
      log_.warning(device + " is missing: not heard for " + seconds(silent) + ", expected every " +
                   seconds(watch.expect));
    else
      log_.notice(device + " is heard again");
  }
  if (gone > kMaxSaid) log_.warning(std::to_string(gone - kMaxSaid) + " more devices are missing");
  if (back > kMaxSaid)
    log_.notice(std::to_string(back - kMaxSaid) + " more devices are heard again");
}

}  // namespace lamppost::ingest

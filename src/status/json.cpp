// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <set>

#include "core/json_text.h"
#include "status/headline.h"
#include "status/snapshot.h"

namespace lamppost::status {
namespace {

// A Json that any writer can dump: names come from topics and answers, and may be anything.
Json clean(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string quoted;
  append_string(quoted, text);
  return Json::parse(quoted);
}

Json by_reason(const std::map<std::string, std::uint64_t>& counts) {
  Json object = Json::object();
  for (const auto& [reason, count] : counts) object[clean(reason).get<std::string>()] = count;
  return object;
}

template <typename Counts>
Json counts_of(const std::map<std::string, Counts>& all, const std::string& name) {
  const auto found = all.find(name);
  return by_reason(found == all.end() ? Counts{} : found->second);
}

Json moment(const std::optional<Timestamp>& at) { return at ? Json(to_iso8601(*at)) : Json(); }

// null without a moment, 0 when the clock has stepped back behind it.
Json seconds_since(const std::optional<Timestamp>& at, Timestamp now) {
  if (!at) return {};
  return static_cast<double>(std::max<std::int64_t>(0, now.ms - at->ms)) / 1000;
}

// How long a broker may stay away before the outbox is full, at the usual rate of readings.
Json autonomy_hours(const Snapshot& now) {
  if (!(now.fill_bytes_per_second > 0)) return {};
  const auto used = std::min(now.totals.bytes, now.outbox_max_bytes);
  const double hours =
      static_cast<double>(now.outbox_max_bytes - used) / now.fill_bytes_per_second / 3600;
  return std::floor(hours * 10) / 10;
}

Json flash_gb_per_year(const Snapshot& now) {
  const auto bytes = flash_bytes_per_year(now);
  return bytes ? Json(std::round(*bytes / 1e7) / 100) : Json();
}

Json flash_check_of(const outbox::FlashCheck& check) {
  return {{"ended", moment(check.ended)},
          {"looked_at", check.looked_at},
          {"damaged", check.damaged},
          {"damage_met", check.damage_met}};
}

Json outbox_of(const Snapshot& now) {
  const auto& totals = now.totals;
  return {{"rows", totals.rows},
          {"bytes", totals.bytes},
          {"max_bytes", now.outbox_max_bytes},
          {"oldest", moment(totals.oldest)},
          {"oldest_seconds", seconds_since(totals.oldest, now.now)},
          {"file_bytes", totals.file_bytes},
          {"flash_bytes_written", totals.flash_bytes_written},
          {"flash_gb_per_year", flash_gb_per_year(now)},
          {"flash_check", flash_check_of(totals.flash_check)},
          {"fill_bytes_per_second", now.fill_bytes_per_second},
          {"autonomy_hours", autonomy_hours(now)},
          {"refusing", clean(totals.refusing)}};
}

Json source_of(const SourceView& view, const outbox::SourceLedger& ledger) {
  return {{"name", clean(view.name)},
          {"type", clean(view.type)},
          {"address", clean(view.address)},
          {"connected", view.state.connected},
          {"detail", clean(view.state.detail)},
          {"reconnects", view.state.reconnects},
          {"refused", view.state.refused},
          {"received", ledger.received},
          {"stored", ledger.stored},
          {"empty", ledger.empty},
          {"dead", ledger.dead},
          {"held", ledger.held},
          {"rejected", ledger.rejected},
          {"late", ledger.late},
          {"duplicate", ledger.duplicate},
          {"notes", by_reason(ledger.notes)},
          {"dead_by_reason", by_reason(ledger.dead_by_reason)},
          {"balanced", ledger.balanced()}};
}

Json devices_of(const DevicesView& devices) {
  Json absent = Json::array();
  for (const auto& device : devices.absent)
    absent.push_back({{"name", clean(device.name)},
                      {"state", device.is_missing ? "missing" : "late"},
                      {"silent_seconds", static_cast<double>(device.silent_ms) / 1000},
                      {"expect_seconds", static_cast<double>(device.expect_ms) / 1000}});
  return {{"ok", devices.ok},
          {"late", devices.late},
          {"missing", devices.missing},
          {"waiting", devices.waiting},
          {"unwatched", devices.unwatched},
          {"absent", std::move(absent)}};
}

Json certificates_of(const broker::DestinationState& state) {
  Json list = Json::array();
  for (const auto& certificate : state.certificates)
    list.push_back({{"whose", certificate.whose},
                    {"subject", clean(certificate.subject)},
                    {"not_after", to_iso8601(certificate.not_after)}});
  return list;
}

// Newest first; the older ones are in the file.
Json gaps_of(const Snapshot& now, const std::string& destination) {
  constexpr std::size_t kMost = 10;
  Json list = Json::array();
  for (const auto& gap : now.totals.gaps)
    if (gap.destination == destination && list.size() < kMost)
      list.push_back({{"reason", gap.reason},
                      {"rows", gap.rows},
                      {"began", to_iso8601(gap.began)},
                      {"ended", to_iso8601(gap.ended)},
                      {"first_observed", to_iso8601(gap.first)},
                      {"last_observed", to_iso8601(gap.last)},
                      {"types", clean(gap.types)}});
  return list;
}

Json destination_of(const Snapshot& now, const DestinationView& view,
                    const outbox::Ledger& ledger) {
  return {{"name", clean(view.name)},
          {"url", clean(view.url)},
          {"state", clean(view.state.state)},
          {"reason", clean(view.state.reason)},
          {"notice", clean(view.state.notice)},
          {"certificates", certificates_of(view.state)},
          {"mode", clean(view.state.mode)},
          {"fallen_back", view.state.fallen_back},
          {"learned_max_bytes", view.state.max_bytes},
          {"history_refused", view.state.history_refused},
          {"odd_answers", by_reason(view.state.odd_answers)},
          {"requests", view.state.requests},
          {"entities_sent", view.state.entities_sent},
          {"last_success", moment(view.state.last_success)},
          {"last_success_seconds", seconds_since(view.state.last_success, now.now)},
          {"stored", ledger.stored},
          {"delivered", ledger.delivered},
          {"queued", ledger.queued},
          {"queued_bytes", ledger.queued_bytes},
          {"merged", ledger.merged},
          {"dead", ledger.dead},
          {"dropped", ledger.dropped},
          {"dead_by_reason", counts_of(now.totals.dead_by_reason, view.name)},
          {"dropped_by_reason", counts_of(now.totals.dropped_by_reason, view.name)},
          {"gaps", gaps_of(now, view.name)},
          {"balanced", ledger.balanced()}};
}

// First those of today's configuration, then those that only the books still know.
template <typename View, typename Books, typename ToJson>
Json with_books(const std::vector<View>& views, const Books& books, ToJson to_json_of) {
  Json list = Json::array();
  const auto add = [&](const View& view) -> Json& {
    const auto found = books.find(view.name);
    using Ledger = typename Books::mapped_type;
    return list.emplace_back(to_json_of(view, found == books.end() ? Ledger{} : found->second));
  };
  std::set<std::string> listed;
  for (const auto& view : views) {
    add(view)["configured"] = true;
    listed.insert(view.name);
  }
  for (const auto& [name, ledger] : books) {
    if (listed.contains(name)) continue;
    View removed;
    removed.name = name;
    add(removed)["configured"] = false;
  }
  return list;
}

}  // namespace

Json to_json(const Snapshot& snapshot) {
  std::string why_not;
  const bool is_ready = ready(snapshot, why_not);
  const auto head = headline(snapshot);
  return {
      {"version", clean(snapshot.version)},
      {"gateway", clean(snapshot.gateway)},
      {"now", to_iso8601(snapshot.now)},
      {"uptime_seconds", static_cast<double>(snapshot.uptime_ms) / 1000},
      {"clock_trusted", snapshot.clock_trusted},
      {"ready", is_ready},
      {"why_not_ready", clean(why_not)},
      {"headline",
       {{"level", to_word(head.level)}, {"title", head.title}, {"text", clean(head.text)}}},
      {"config",
       {{"file", clean(snapshot.config_file)}, {"refused", clean(snapshot.config_state)}}},
      {"outbox", outbox_of(snapshot)},
      {"dead_letters", snapshot.totals.dead_letters},
      {"unknowns", snapshot.totals.unknowns},
      {"devices", devices_of(snapshot.devices)},
      {"sources", with_books(snapshot.sources, snapshot.totals.sources, source_of)},
      {"destinations", with_books(snapshot.destinations, snapshot.totals.destinations,
                                  [&](const DestinationView& view, const outbox::Ledger& ledger) {
                                    return destination_of(snapshot, view, ledger);
                                  })}};
}

}  // namespace lamppost::status

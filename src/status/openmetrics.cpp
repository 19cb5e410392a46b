// SPDX-License-Identifier: Apache-2.0
// The names are a contract with dashboards: add freely, change none.
#include <algorithm>
#include <iterator>

#include "status/exposition.h"
#include "status/process.h"
#include "status/snapshot.h"

namespace lamppost::status {
namespace {

using outbox::Ledger;
using outbox::SourceLedger;

double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }
std::uint64_t as_gauge(bool fact) { return fact ? 1 : 0; }

void per_source(Exposition& out, const Snapshot& now, std::uint64_t SourceLedger::*count) {
  for (const auto& [source, ledger] : now.totals.sources)
    out.sample(ledger.*count, {{"source", source}});
}

std::uint64_t noted(const SourceLedger& ledger, const std::string& note) {
  const auto found = ledger.notes.find(note);
  return found == ledger.notes.end() ? 0 : found->second;
}

void readings(Exposition& out, const Snapshot& now) {
  out.counter("lamppost_readings_received", "", "Readings that were taken from a source.");
  per_source(out, now, &SourceLedger::received);
  out.counter("lamppost_readings_stored", "", "Readings whose entities went into the outbox.");
  per_source(out, now, &SourceLedger::stored);
  out.counter("lamppost_readings_empty", "", "Readings with nothing in them to send.");
  per_source(out, now, &SourceLedger::empty);
  out.counter("lamppost_readings_malformed", "", "Readings that became dead letters.");
  for (const auto& [source, ledger] : now.totals.sources)
    for (const auto& [reason, count] : ledger.dead_by_reason)
      out.sample(count, {{"source", source}, {"reason", reason}});
  out.counter("lamppost_readings_held", "", "Readings that no mapping or device list knows.");
  per_source(out, now, &SourceLedger::held);
  out.counter("lamppost_readings_rejected", "", "Readings turned away by configuration.");
  per_source(out, now, &SourceLedger::rejected);
  out.counter("lamppost_readings_duplicate", "", "Readings that had been stored before.");
  per_source(out, now, &SourceLedger::duplicate);
  out.counter("lamppost_readings_late", "",
              "Readings with something older than what was stored; policy: what became of it.");
  for (const char* policy : {"drop", "send", "temporal"})
    for (const auto& [source, ledger] : now.totals.sources)
      out.sample(noted(ledger, std::string("late_") + policy),
                 {{"source", source}, {"policy", policy}});
  out.counter("lamppost_readings_implausible_time", "",
              "Readings whose own time was not believed.");
  for (const auto& [source, ledger] : now.totals.sources)
    out.sample(noted(ledger, "implausible_time"), {{"source", source}});
}

// What checks of values and counters said, a reading counted once for each.
void flagged(Exposition& out, const Snapshot& now) {
  constexpr std::pair<std::string_view, const char*> kFlags[] = {
      {"sentinel", "quality_sentinel"}, {"range", "quality_range"}, {"rate", "quality_rate"},
      {"flat", "quality_flat"},         {"spike", "quality_spike"}, {"dropped", "quality_dropped"}};
  out.counter("lamppost_readings_flagged", "",
              "Readings with a value of doubtful quality; dropped: one that was not sent.");
  for (const auto& [source, ledger] : now.totals.sources)
    for (const auto& [flag, word] : kFlags)
      out.sample(noted(ledger, word), {{"source", source}, {"flag", flag}});
  constexpr std::pair<std::string_view, const char*> kEvents[] = {{"first", "counter_first"},
                                                                  {"reset", "counter_reset"}};
  out.counter("lamppost_counter_breaks", "",
              "Readings whose counter had no earlier one to be held against, or was set back.");
  for (const auto& [source, ledger] : now.totals.sources)
    for (const auto& [event, word] : kEvents)
      out.sample(noted(ledger, word), {{"source", source}, {"event", event}});
}

void sources(Exposition& out, const Snapshot& now) {
  out.counter("lamppost_readings_refused", "",
              "Readings pushed back to the sender since start; it offers them again.");
  for (const auto& source : now.sources)
    out.sample(source.state.refused, {{"source", source.name}});
  out.gauge("lamppost_source_connected", "", "1 while the source is connected.");
  for (const auto& source : now.sources)
    out.sample(as_gauge(source.state.connected), {{"source", source.name}});
  out.counter("lamppost_source_reconnects", "", "Connections made again since start.");
  for (const auto& source : now.sources)
    out.sample(source.state.reconnects, {{"source", source.name}});
}

void devices(Exposition& out, const Snapshot& now) {
  out.gauge("lamppost_devices", "",
            "Devices with an expect: ok, late, missing, waiting for their first reading; absent "
            "when there are none.");
  if (!now.devices.any()) return;
  const std::pair<std::string_view, std::uint64_t> states[] = {
      {"ok", now.devices.ok},
      {"late", now.devices.late},
      {"missing", now.devices.missing},
      {"waiting", now.devices.waiting},
      {"unwatched", now.devices.unwatched}};
  for (const auto& [state, count] : states) out.sample(count, {{"state", state}});
}

std::uint64_t total(const Snapshot& now, std::uint64_t Ledger::*count) {
  std::uint64_t sum = 0;
  for (const auto& [name, ledger] : now.totals.destinations) sum += ledger.*count;
  return sum;
}

void entities(Exposition& out, const Snapshot& now) {
  out.counter("lamppost_entities_stored", "", "Entities put into the outbox, all destinations.");
  out.sample(total(now, &Ledger::stored));
  out.counter("lamppost_entities_delivered", "", "Entities that the broker has accepted.");
  for (const auto& [broker, ledger] : now.totals.destinations)
    out.sample(ledger.delivered, {{"broker", broker}});
  out.counter("lamppost_entities_dead", "", "Entities that became dead letters.");
  for (const auto& [broker, reasons] : now.totals.dead_by_reason)
    for (const auto& [reason, count] : reasons)
      out.sample(count, {{"broker", broker}, {"reason", reason}});
  out.counter("lamppost_entities_merged", "", "Entities replaced in the queue by a newer state.");
  out.sample(total(now, &Ledger::merged));

  std::map<std::string, std::uint64_t> dropped;
  for (const auto& [broker, reasons] : now.totals.dropped_by_reason)
    for (const auto& [reason, count] : reasons) dropped[reason] += count;
  out.counter("lamppost_entities_dropped", "", "Entities given up undelivered.");
  for (const auto& [reason, count] : dropped) out.sample(count, {{"reason", reason}});
}

// The books of one destination in one family, so that an alert can hold them against each other.
void conservation(Exposition& out, const Snapshot& now) {
  constexpr std::pair<std::string_view, std::uint64_t Ledger::*> kAccounts[] = {
      {"stored", &Ledger::stored}, {"delivered", &Ledger::delivered}, {"queued", &Ledger::queued},
      {"merged", &Ledger::merged}, {"dead", &Ledger::dead},           {"dropped", &Ledger::dropped},
  };
  out.gauge("lamppost_conservation_entities", "",
            "stored = delivered + queued + merged + dead + dropped, at all times.");
  for (const auto& [broker, ledger] : now.totals.destinations)
    for (const auto& [account, count] : kAccounts)
      out.sample(ledger.*count, {{"broker", broker}, {"account", account}});
  out.gauge("lamppost_conservation_balanced", "", "1 while that equation holds.");
  for (const auto& [broker, ledger] : now.totals.destinations)
    out.sample(as_gauge(ledger.balanced()), {{"broker", broker}});
}

void queue(Exposition& out, const Snapshot& now) {
  const auto& totals = now.totals;
  out.gauge("lamppost_outbox_rows", "", "Entities queued, all destinations.");
  out.sample(totals.rows);
  out.gauge("lamppost_outbox_bytes", "bytes", "Size of what is queued.");
  out.sample(totals.bytes);
  out.gauge("lamppost_outbox_max_bytes", "bytes", "Size at which the outbox is full.");
  out.sample(now.outbox_max_bytes);
  out.gauge("lamppost_outbox_oldest_seconds", "seconds", "Age of the oldest queued entity.");
  const auto age_ms = totals.oldest ? now.now.ms - totals.oldest->ms : 0;
  out.sample(seconds(std::max<std::int64_t>(0, age_ms)));
  out.gauge("lamppost_outbox_refusing", "", "1 while the outbox refuses readings.");
  out.sample(as_gauge(!totals.refusing.empty()));
  out.gauge("lamppost_outbox_fill_bytes_per_second", "",
            "How fast the outbox would fill without a broker; 0 when not known.");
  out.sample(now.fill_bytes_per_second);
  out.gauge("lamppost_dead_letters", "", "Dead letters kept.");
  out.sample(totals.dead_letters);
  out.gauge("lamppost_unknown_topics", "", "Topics kept that no mapping or device list knows.");
  out.sample(totals.unknowns);
  out.gauge("lamppost_outbox_file_bytes", "bytes", "Size of the outbox on disk.");
  out.sample(totals.file_bytes);
  const auto& check = totals.flash_check;
  out.gauge("lamppost_flash_check_ended_seconds", "seconds",
            "When the last look at everything on flash was complete, Unix time; absent before.");
  if (check.ended) out.sample(seconds(check.ended->ms));
  out.gauge("lamppost_flash_damaged_rows", "",
            "Rows whose bytes were not those that were written, at that look.");
  out.sample(check.damaged);
  out.gauge("lamppost_flash_damaged", "", "1 when the outbox file itself is damaged.");
  out.sample(as_gauge(check.damage_met));
  out.counter("lamppost_flash_written_bytes", "bytes", "Bytes the outbox has written to flash.");
  out.sample(totals.flash_bytes_written);
  out.gauge("lamppost_flash_bytes_per_year", "",
            "What the outbox would write in a year at the rate since start; absent on the first "
            "day.");
  if (const auto bytes = flash_bytes_per_year(now)) out.sample(*bytes);
}

void request_histogram(Exposition& out, const DestinationView& view) {
  // OpenMetrics 1.0 writes bounds as floats: 1.0, not 1.
  constexpr std::string_view kBounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1",  "0.25", "0.5",
                                          "1.0",   "2.5",  "5.0",   "10.0", "30.0", "+Inf"};
  static_assert(std::size(kBounds) == std::size(broker::kRequestSecondsBounds) + 1);
  auto buckets = view.state.request_seconds_buckets;
  buckets.resize(std::size(kBounds), buckets.empty() ? 0 : buckets.back());
  for (std::size_t i = 0; i < buckets.size(); ++i)
    out.sample(buckets[i], {{"broker", view.name}, {"le", kBounds[i]}}, "_bucket");
  out.sample(buckets.back(), {{"broker", view.name}}, "_count");
  out.sample(view.state.request_seconds_sum, {{"broker", view.name}}, "_sum");
}

void brokers(Exposition& out, const Snapshot& now) {
  out.counter("lamppost_broker_requests", "", "Requests made since start.");
  for (const auto& view : now.destinations)
    out.sample(view.state.requests, {{"broker", view.name}});
  out.counter("lamppost_broker_odd_answers", "",
              "Answers taken as good although the standard has others.");
  for (const auto& view : now.destinations)
    for (const auto& [answer, count] : view.state.odd_answers)
      out.sample(count, {{"broker", view.name}, {"answer", answer}});
  out.gauge("lamppost_broker_fallen_back", "", "1 while the best way of writing does not work.");
  for (const auto& view : now.destinations)
    out.sample(as_gauge(view.state.fallen_back), {{"broker", view.name}});
  out.histogram("lamppost_broker_request_seconds", "seconds", "Time a broker takes to answer.");
  for (const auto& view : now.destinations) request_histogram(out, view);
  out.gauge("lamppost_broker_last_success_timestamp_seconds", "seconds",
            "When the broker last accepted something, since 1970.");
  for (const auto& view : now.destinations)
    if (view.state.last_success)
      out.sample(seconds(view.state.last_success->ms), {{"broker", view.name}});
  out.gauge("lamppost_certificate_not_after_timestamp_seconds", "seconds",
            "When a certificate runs out, since 1970.");
  for (const auto& view : now.destinations)
    for (const auto& certificate : view.state.certificates)
      out.sample(seconds(certificate.not_after.ms),
                 {{"broker", view.name}, {"whose", certificate.whose}});
}

void gateway(Exposition& out, const Snapshot& now) {
  out.info("lamppost_build", "Which Lamppost this is.");
  out.sample(std::uint64_t{1}, {{"version", now.version}, {"gateway", now.gateway}});
  out.gauge("lamppost_uptime_seconds", "seconds", "Time since start.");
  out.sample(seconds(now.uptime_ms));
  out.gauge("lamppost_clock_trusted", "", "1 while a time server keeps the clock.");
  out.sample(as_gauge(now.clock_trusted));
  out.gauge("lamppost_config_current", "", "0 when the last reload was refused.");
  out.sample(as_gauge(now.config_state.empty()));
}

void process(Exposition& out) {
  const auto facts = process_facts();
  out.counter("process_cpu_seconds", "seconds", "Processor time, user and system.");
  out.sample(facts.cpu_seconds);
  out.gauge("process_resident_memory_bytes", "bytes", "Memory in use.");
  out.sample(facts.resident_bytes);
  out.gauge("process_virtual_memory_bytes", "bytes", "Address space in use.");
  out.sample(facts.virtual_bytes);
  out.gauge("process_start_time_seconds", "seconds", "When the process began, since 1970.");
  out.sample(facts.start_seconds);
  out.gauge("process_open_fds", "", "Open file descriptors.");
  out.sample(facts.open_fds);
  out.gauge("process_max_fds", "", "File descriptors allowed.");
  out.sample(facts.max_fds);
  out.gauge("process_threads", "", "Threads.");
  out.sample(facts.threads);
}

}  // namespace

std::string to_openmetrics(const Snapshot& snapshot) {
  Exposition out;
  readings(out, snapshot);
  flagged(out, snapshot);
  sources(out, snapshot);
  devices(out, snapshot);
  entities(out, snapshot);
  conservation(out, snapshot);
  queue(out, snapshot);
  brokers(out, snapshot);
  gateway(out, snapshot);
  process(out);
  return std::move(out).finish();
}

}  // namespace lamppost::status

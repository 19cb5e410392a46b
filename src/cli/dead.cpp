// SPDX-License-Identifier: Apache-2.0
// Looking is done in the files, with the daemon running or not. Changing is left to the daemon when
// there is one, since it owns the outbox.
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/shelf.h"
#include "cli/table.h"
#include "core/log.h"
#include "daemon/outbox_options.h"
#include "daemon/stderr_log.h"
#include "daemon/system_clock.h"
#include "ingest/retry.h"
#include "outbox/inspect.h"
#include "status/server.h"

namespace lamppost::cli {
namespace {

using outbox::DeadLetter;

std::string where_of(const DeadLetter& dead) {
  return dead.destination.empty() ? "(gateway)" : dead.destination;
}

std::string what_of(const DeadLetter& dead) {
  return printable(dead.entity.empty() ? dead.topic : dead.entity, 80);
}

Json to_json(const DeadLetter& dead) {
  return {{"id", dead.id},
          {"destination", dead.destination},
          {"entity", dead.entity},
          {"reason", dead.reason},
          {"text", printable(dead.text, 8192)},
          {"pointer", dead.pointer},
          {"status", dead.status},
          {"died", to_iso8601(dead.died)},
          {"source", dead.source},
          {"topic", printable(dead.topic, 65535)},
          {"mapping", dead.mapping},
          {"payload", printable(dead.payload, 65536)},
          {"reading", printable(dead.reading, 65536)}};
}

int list(const outbox::Snapshot& shelf, const Arguments& arguments) {
  arguments.expect_words(1);
  Json array = Json::array();
  std::vector<Row> rows{{"ID", "DIED", "WHERE", "REASON", "WHAT", "WHY"}};
  for (const auto& dead : shelf.dead(limit_of(arguments))) {
    array.push_back(to_json(dead));
    const std::string place = dead.pointer.empty() ? "" : dead.pointer + ": ";
    rows.push_back({std::to_string(dead.id), to_iso8601(dead.died), where_of(dead), dead.reason,
                    what_of(dead), printable(place + dead.text, 120)});
  }
  std::cout << (arguments.has("--json") ? to_json_lines(array) : to_table(rows));
  return kOk;
}

int show(const outbox::Snapshot& shelf, const Arguments& arguments) {
  arguments.expect_words(2);
  const auto dead = shelf.find_dead(id_of(arguments.words()[1]));
  if (!dead) {
    std::cerr << "no such dead letter\n";
    return kBadData;
  }
  std::cout << to_json(*dead).dump(2) << "\n";
  return kOk;
}

int look(const config::Config& config, const Arguments& arguments) {
  const auto shelf = outbox::inspect(daemon::outbox_options(config));
  if (!shelf) {
    std::cerr << shelf.error().text << "\n";
    return kUnavailable;
  }
  const auto& words = arguments.words();
  return words.empty() || words[0] == "list" ? list(**shelf, arguments) : show(**shelf, arguments);
}

// What the daemon would do, done here because none runs.
Json retry_alone(const Arguments& arguments, const std::vector<std::int64_t>& ids) {
  Findings findings;
  auto pipeline = ingest::Pipeline::build(arguments.config(), findings);
  if (!pipeline) throw ConfigError(findings.to_text());
  const Log log = daemon::stderr_log();
  const SystemClock clock;
  const auto outbox = outbox::Outbox::open(daemon::outbox_options(pipeline->config()), clock, log);
  ingest::Ingest ingest(pipeline, *outbox, {clock, ""}, pipeline->config().gateway.runtime_dir,
                        log);
  Json results = Json::array();
  for (const auto& result : ingest::retry_dead(*outbox, ingest, ids))
    results.push_back(
        {{"id", result.id}, {"retried", result.fault.empty()}, {"reason", result.fault}});
  if (const auto flushed = outbox->flush(); !flushed) throw ConfigError(flushed.error().text);
  return results;
}

int retry(const config::Config& config, const Arguments& arguments) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 1; i < arguments.words().size(); ++i)
    ids.push_back(id_of(arguments.words()[i]));
  const auto answer = status::ask(control_socket(config),
                                  {"POST", "/dead/retry", Json{{"ids", ids}}.dump(), true}, 60'000);
  const Json results =
      answer.status == 200 ? Json::parse(answer.body, nullptr, false) : retry_alone(arguments, ids);
  std::vector<Row> rows{{"ID", "RESULT"}};
  bool all = true;
  for (const auto& result : results) {
    const bool retried = result.value("retried", false);
    all &= retried;
    rows.push_back({std::to_string(result.value("id", std::int64_t{0})),
                    retried ? "queued again" : "still dead: " + result.value("reason", "")});
  }
  std::cout << (arguments.has("--json") ? to_json_lines(results) : to_table(rows));
  return all ? kOk : kBadData;
}

int purge(const config::Config& config, const Arguments& arguments) {
  arguments.expect_words(1);
  std::uint64_t purged = 0;
  const auto answer =
      status::ask(control_socket(config), {"POST", "/dead/purge", "", true}, 60'000);
  if (answer.status == 200) {
    purged = Json::parse(answer.body, nullptr, false).value("purged", std::uint64_t{0});
  } else {
    const Log log = daemon::stderr_log();
    const SystemClock clock;
    const auto outbox = outbox::Outbox::open(daemon::outbox_options(config), clock, log);
    const auto done = outbox->purge_dead();
    if (!done) throw ConfigError(done.error().text);
    purged = *done;
  }
  std::cout << purged << " dead letters purged\n";
  return kOk;
}

}  // namespace

int dead(const Arguments& arguments) {
  const auto& words = arguments.words();
  const std::string action = words.empty() ? "list" : words[0];
  if (action != "list" && action != "retry" && action != "purge" &&
      !(action == "show" && words.size() == 2))
    throw UsageError("dead wants: list, show ID, retry [ID...], or purge");
  const auto config = load_config(arguments);
  if (action == "retry") return retry(config, arguments);
  if (action == "purge") return purge(config, arguments);
  return look(config, arguments);
}

}  // namespace lamppost::cli

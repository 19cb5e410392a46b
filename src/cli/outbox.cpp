// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/shelf.h"
#include "cli/table.h"
#include "core/log.h"
#include "daemon/outbox_options.h"
#include "outbox/inspect.h"

namespace lamppost::cli {
namespace {

Json to_json(const outbox::QueuedRow& row) {
  Json entity = Json::parse(row.payload, nullptr, false);
  if (entity.is_discarded()) entity = nullptr;  // a damaged row has no payload
  return {{"id", row.id},
          {"destination", row.destination},
          {"entity", row.entity},
          {"enqueued", to_iso8601(row.enqueued)},
          {"observedAt", to_iso8601(row.observed_at)},
          {"attempts", row.attempts},
          {"bytes", row.payload.size()},
          {"payload", entity}};
}

int list(const outbox::Snapshot& shelf, const Arguments& arguments) {
  arguments.expect_words(1);
  Json array = Json::array();
  std::vector<Row> rows{{"ID", "DESTINATION", "ENTITY", "OBSERVED AT", "SENT", "SIZE"}};
  for (const auto& row : shelf.list(limit_of(arguments))) {
    array.push_back(to_json(row));
    rows.push_back({std::to_string(row.id), row.destination, printable(row.entity),
                    to_iso8601(row.observed_at), std::to_string(row.attempts),
                    bytes_text(row.payload.size())});
  }
  std::cout << (arguments.has("--json") ? to_json_lines(array) : to_table(rows));
  return kOk;
}

int show(const outbox::Snapshot& shelf, const Arguments& arguments) {
  arguments.expect_words(2);
  const auto row = shelf.find(id_of(arguments.words()[1]));
  if (!row) {
    std::cerr << "no such row; it may have been delivered\n";
    return kBadData;
  }
  std::cout << to_json(*row).dump(2) << "\n";
  return kOk;
}

}  // namespace

int outbox(const Arguments& arguments) {
  const auto& words = arguments.words();
  const auto shelf = outbox::inspect(daemon::outbox_options(load_config(arguments)));
  if (!shelf) {
    std::cerr << shelf.error().text << "\n";
    return kUnavailable;
  }
  if (words.empty() || words[0] == "list") return list(**shelf, arguments);
  if (words[0] == "show" && words.size() == 2) return show(**shelf, arguments);
  throw UsageError("outbox wants: list, or show ID");
}

}  // namespace lamppost::cli

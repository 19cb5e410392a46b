// SPDX-License-Identifier: Apache-2.0
// `lamppost discover`: what is there that no mapping takes yet, as stanzas ready for the
// configuration. With --source it listens for itself, without it looks into the inbox of unknown
// readings that the daemon keeps.
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/listen.h"
#include "cli/new_devices.h"
#include "cli/proposal.h"
#include "cli/shelf.h"
#include "cli/table.h"
#include "core/suggest.h"
#include "daemon/outbox_options.h"
#include "outbox/inspect.h"

namespace lamppost::cli {
namespace {

constexpr std::size_t kMostStanzas = 100;

std::chrono::seconds seconds_of(const Arguments& arguments) {
  return std::chrono::seconds(arguments.has("--seconds") ? arguments.number("--seconds", 1, 86'400)
                                                         : 10);
}

const config::Source& source_of(const config::Config& config, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& source : config.sources) {
    if (source.name == name) return source;
    names.push_back(source.name);
  }
  throw UsageError("--source names no source of the configuration, " + suggest(name, names));
}

Result<Heard> from_inbox(const config::Config& config) {
  const auto shelf = outbox::inspect(daemon::outbox_options(config));
  if (!shelf) return shelf.error();
  Heard heard;
  for (auto& unknown : (*shelf)->unknowns(kMaxTopics)) {
    heard.readings += unknown.count;
    Sample sample{{}, unknown.count};
    sample.reading.source = unknown.source;
    sample.reading.topic = unknown.topic;
    sample.reading.content_type = unknown.content_type;
    sample.reading.payload = std::move(unknown.payload);
    sample.reading.arrived = unknown.last;
    heard.samples.push_back(std::move(sample));
  }
  return heard;
}

void print(const Heard& heard, const std::vector<Proposal>& proposals, const std::string& devices) {
  std::size_t ready = 0;
  for (std::size_t i = 0; i < proposals.size() && i < kMostStanzas; ++i) {
    std::cout << proposals[i].toml << "\n";
    ready += proposals[i].ready ? 1 : 0;
  }
  if (!devices.empty()) std::cout << devices << "\n";
  std::cout << "# " << heard.readings << " readings of " << heard.samples.size() << " topics; "
            << proposals.size() << " kinds that no mapping takes, " << ready
            << " of them tried and found good.\n";
  if (proposals.size() > kMostStanzas)
    std::cout << "# Only the first " << kMostStanzas << " are shown.\n";
  if (!heard.all) std::cout << "# More topics came than are kept: ask for less with --topic.\n";
}

Json to_json(const std::vector<Proposal>& proposals) {
  Json array = Json::array();
  for (const auto& proposal : proposals)
    array.push_back({{"toml", proposal.toml}, {"ready", proposal.ready}});
  return array;
}

}  // namespace

int discover(const Arguments& arguments) {
  arguments.expect_words(0);
  const auto config = load_config(arguments);
  const bool listens = arguments.has("--source");
  const auto heard = listens ? listen(source_of(config, arguments.value("--source")),
                                      arguments.value("--topic", "#"), seconds_of(arguments))
                             : from_inbox(config);
  if (!heard) {
    std::cerr << heard.error().text << "\n";
    return kUnavailable;
  }
  Proposer proposer(config);
  const auto proposals = proposer.propose(heard->samples);
  if (arguments.has("--json"))
    std::cout << to_json_lines(to_json(proposals));
  else
    print(*heard, proposals, new_devices(config, heard->samples, proposer.recogniser()));
  return kOk;
}

}  // namespace lamppost::cli

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "core/suggest.h"
#include "version.h"

namespace lamppost::cli {
namespace {

constexpr Option kConfig{"--config", "FILE",
                         "main configuration file (/etc/lamppost/lamppost.toml)"};
constexpr Option kJson{"--json", "", "print JSON for programs"};
constexpr Option kLimit{"--limit", "N", "at most N rows (100)"};

// NOLINTNEXTLINE(readability-function-size): a table.
const std::vector<Command>& table() {
  static const std::vector<Command> kCommands = {
      {"run", "", "run the daemon in the foreground", {kConfig}, run_daemon},
      {"check",
       "",
       "find every mistake in the configuration; contacts nobody",
       {kConfig, {"--explain", "", "list what mappings do, and which file or profile says so"}},
       check},
      {"map",
       "--source S --topic T [--payload FILE]",
       "show the NGSI-LD entities that a reading becomes; stores and sends nothing",
       {kConfig,
        {"--source", "NAME", "source the reading would come from"},
        {"--topic", "TOPIC", "MQTT topic or CoAP path"},
        {"--payload", "FILE", "file with the payload, - or nothing for standard input"},
        {"--content-type", "TYPE", "media type, as CoAP would give it"},
        {"--at", "TIME", "arrival time, RFC 3339 (now)"},
        {"--explain", "", "say on standard error what each stage does"}},
       map},
      {"decode",
       "[--profile P or --format F] [--topic T] [--payload FILE]",
       "show what is in a payload, before any mapping; recognises what it is",
       {kConfig,
        {"--profile", "NAMES", "profiles that say how it is written, with a comma between"},
        {"--format", "NAME", "format that it is written in"},
        {"--layout", "NAME", "layout of the bytes, for the formats bytes and lorawan"},
        {"--topic", "TOPIC", "MQTT topic or CoAP path"},
        {"--payload", "FILE", "file with the payload, - or nothing for standard input"},
        {"--hex", "", "the payload is written as hexadecimal digits"},
        {"--fport", "N", "LoRaWAN port of bytes without an envelope"},
        {"--content-type", "TYPE", "media type, as CoAP would give it"},
        kJson},
       decode},
      {"discover",
       "[--source S] [--seconds N]",
       "propose mappings for what a source sends, or for the readings that nothing maps",
       {kConfig,
        {"--source", "NAME", "listen to this source; without it the inbox of unknown readings"},
        {"--seconds", "N", "how long to listen (10)"},
        {"--topic", "FILTER", "listen to these topics only (#)"},
        kJson},
       discover},
      {"test",
       "[PROFILE...]",
       "run the examples that profiles and the configuration carry",
       {kConfig},
       test},
      {"status", "", "how the running daemon is doing", {kConfig, kJson}, status},
      {"outbox", "list | show ID", "what is queued", {kConfig, kJson, kLimit}, outbox},
      {"dead",
       "list | show ID | retry [ID...] | purge",
       "what could not be delivered, and why",
       {kConfig, kJson, kLimit},
       dead},
      {"models",
       "list | show NAME | import SCHEMA.json | export [NAME...] | units [SYMBOL]",
       "the Smart Data Models known here, and the units they come in",
       {kConfig,
        kJson,
        {"--output", "FILE", "import: where the model goes, - for standard output (-)"},
        {"--subject", "NAME", "import: such as dataModel.Environment (from the path, else $id)"},
        {"--context", "", "export: one JSON-LD @context, instead of a JSON Schema"},
        {"--dcat", "", "export: a DCAT-AP catalogue in JSON-LD, instead of a JSON Schema"},
        {"--publisher", "NAME", "export --dcat: who publishes the data"}},
       models},
      {"import",
       "iota FILE...",
       "groups and devices of a FIWARE IoT Agent as [[mapping]] stanzas",
       {kConfig,
        {"--devices", "FILE", "where the devices go (devices.csv)"},
        {"--model", "TYPE", "model for every entity type"},
        {"--source", "NAME", "source of the mappings (site)"}},
       import_estate},
      {"help", "[COMMAND]", "explain a command", {}, help},
  };
  return kCommands;
}

}  // namespace

std::span<const Command> commands() { return table(); }

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == table().end() ? nullptr : &*found;
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) return help(Arguments({}, {}));
  const std::string& name = words[0];
  if (name == "--version" || name == "version") {
    std::cout << "lamppost " << kVersion << "\n";
    return kOk;
  }
  if (name == "--help" || name == "-h") return help(Arguments({}, {}));
  const Command* command = find_command(name);
  if (command == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : commands()) names.emplace_back(known.name);
    throw UsageError("unknown command \"" + name + "\", " + suggest(name, names));
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (std::find(rest.begin(), rest.end(), "--help") != rest.end())
    return help(Arguments({name}, {}));
  return command->run(Arguments(rest, command->options));
}

}  // namespace lamppost::cli

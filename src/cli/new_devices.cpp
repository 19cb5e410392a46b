// SPDX-License-Identifier: Apache-2.0
#include "cli/new_devices.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "core/json_text.h"
#include "core/log.h"
#include "core/split.h"
#include "mapping/topic.h"

namespace lamppost::cli {
namespace {

constexpr std::size_t kMostColumns = 100;

// RFC 4180: in quotes where it holds a comma or quotes, which are doubled.
std::string field(const std::string& text) {
  if (text.find_first_of(",\" ") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

// The columns of the file as it is; the usual ones while there is none.
std::vector<std::string> header_of(const config::Config& config) {
  std::ifstream in(config.file.parent_path() / config.devices.file->value);
  std::string line;
  if (!std::getline(in, line) || line.empty()) line = "key,id,lon,lat";
  std::erase(line, '\r');
  auto columns = split(line, ',');
  if (columns.size() > kMostColumns) columns.resize(kMostColumns);
  return {columns.begin(), columns.end()};
}

using Captures = std::vector<std::pair<std::string, std::string>>;

// Of the mapping that takes the topic; nullopt when none does.
std::optional<Captures> captures_of(const config::Config& config, const Reading& reading) {
  Captures captures;
  for (const auto& mapping : config.mappings) {
    const auto pattern = mapping::TopicTemplate::parse(mapping.match.value);
    if (mapping.source.value == reading.source && pattern &&
        pattern->match(reading.topic, captures))
      return captures;
  }
  return std::nullopt;
}

std::string profile_of(const Observations& seen, const Recogniser& recogniser) {
  const Observation* data = seen.empty() ? nullptr : seen.front().find("lns.data");
  const Observation* port = seen.empty() ? nullptr : seen.front().find("lns.fPort");
  const auto names = recogniser.readers_of(data != nullptr ? &data->value : nullptr,
                                           port != nullptr ? &port->value : nullptr);
  return names.empty() ? "" : names.front();
}

std::string line_of(const std::vector<std::string>& columns,
                    const std::map<std::string, std::string>& known) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto found = known.find(columns[i]);
    line += (i > 0 ? "," : "") + (found == known.end() ? "" : field(found->second));
  }
  return line + '\n';
}

}  // namespace

std::string new_devices(const config::Config& config, const std::vector<Sample>& samples,
                        const Recogniser& recogniser) {
  if (!config.devices.file) return "";
  const auto columns = header_of(config);
  std::map<std::string, std::string> lines;  // by key
  for (const Sample& sample : samples) {
    const auto captures = captures_of(config, sample.reading);
    if (!captures) continue;
    const Found found = recogniser.recognise(sample.reading);
    const bool says = found.seen && !found.seen->empty() && !found.seen->front().device.empty();
    const bool listed = std::any_of(captures->begin(), captures->end(), [&](const auto& capture) {
      return config.devices.by_key.contains(capture.second);
    });
    const std::string key = says                ? found.seen->front().device
                            : captures->empty() ? ""
                                                : captures->front().second;
    if (listed || key.empty() || config.devices.by_key.contains(key) || printable(key, 200) != key)
      continue;
    std::map<std::string, std::string> known{{"key", key}};
    if (config.gateway.location) {
      known["lon"] = (*config.gateway.location)[0].dump();
      known["lat"] = (*config.gateway.location)[1].dump();
    }
    if (found.seen) known["profile"] = profile_of(*found.seen, recogniser);
    lines.emplace(key, line_of(columns, known));
  }
  if (lines.empty()) return "";
  std::string text = "# " + std::to_string(lines.size()) + " devices that " +
                     printable(config.devices.file->value) +
                     " does not have; lines for it, each with the place of the gateway:\n# ";
  for (std::size_t i = 0; i < columns.size(); ++i) text += (i > 0 ? "," : "") + columns[i];
  text += '\n';
  for (const auto& [key, line] : lines) text += "# " + line;
  return text;
}

}  // namespace lamppost::cli

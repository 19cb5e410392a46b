// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "config/parts.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

template <typename Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& one : all) names.push_back(one.name);
  return names;
}

void check_name(const Located<std::string>& name, const std::string& kind,
                const std::vector<std::string>& known, Findings& findings) {
  if (name.value.empty()) return;
  for (const auto& one : known)
    if (one == name.value) return;
  findings.error(name.where, "no " + kind + " is named " + in_quotes(name.value),
                 suggest(name.value, known));
}

// An MQTT broker throws the first of two clients with one id out, again and again
// (MQTT 5.0, 3.1.4).
void check_sessions(const Config& config, Findings& findings) {
  std::map<std::pair<std::string, std::string>, const Source*> sessions;
  for (const auto& source : config.sources) {
    if (source.type != SourceType::kMqtt || source.url.empty()) continue;
    const auto [first, fresh] = sessions.emplace(std::pair{source.url, source.client_id}, &source);
    if (!fresh)
      findings.error(source.where,
                     "client id " + in_quotes(source.client_id) + " is already used at " +
                         source.url + " by [source." + first->second->name + "] at " +
                         place(first->second->where),
                     "give one of them a client_id of its own");
  }
}

void check_addresses(const Config& config, Findings& findings) {
  std::map<std::string, Where> addresses;
  for (const auto& source : config.sources)
    for (const auto& address : source.listen) {
      const auto [first, fresh] = addresses.emplace(address.value, address.where);
      if (!fresh && !address.value.ends_with(":0"))
        findings.error(address.where, "listen: " + in_quotes(address.value) +
                                          " is already taken at " + place(first->second));
    }
}

// Late readings become dead letters at a broker that keeps no history.
void check_histories(const Mapping& mapping, const Config& config, Findings& findings) {
  if (mapping.late != Late::kTemporal) return;
  for (const auto& broker : config.brokers) {
    const auto goes = [&broker](const auto& name) { return name.value == broker.name; };
    if (broker.temporal) continue;
    if (!mapping.to.empty() && std::none_of(mapping.to.begin(), mapping.to.end(), goes)) continue;
    findings.warning(
        mapping.where,
        "late = \"temporal\": broker " + broker.name +
            " gets no history, so late readings become dead letters there",
        "temporal = \"late\" in [broker." + broker.name + "] if it has /temporal/entities");
  }
}

}  // namespace

void check_references(const Config& config, Loading& loading) {
  check_sessions(config, loading.findings);
  check_addresses(config, loading.findings);
  if (!loading.complete) return;  // what is missing may stand in the file that cannot be read
  const auto sources = names_of(config.sources), brokers = names_of(config.brokers);
  for (const auto& mapping : config.mappings) {
    check_name(mapping.source, "source", sources, loading.findings);
    for (const auto& broker : mapping.to) check_name(broker, "broker", brokers, loading.findings);
    check_histories(mapping, config, loading.findings);
  }
}

}  // namespace lamppost::config

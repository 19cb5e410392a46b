// SPDX-License-Identifier: Apache-2.0
#include "cli/proposal.h"

#include <algorithm>

#include "cli/toml_text.h"
#include "core/ascii.h"
#include "core/log.h"
#include "mapping/topic.h"
#include "mapping/value_rule.h"

namespace lamppost::cli {
namespace {

constexpr std::size_t kShownTopics = 4, kShownLeaves = 12, kShownProfiles = 4;
const std::string kElsewhere = "[4.4025, 51.2194]";  // to try a stanza with
constexpr std::string_view kId = "urn:ngsi-ld:{model}:{device}";

std::string line(const std::string& key, const std::string& value) {
  return key + std::string(key.size() < 8 ? 8 - key.size() : 0, ' ') + " = " + value + '\n';
}

std::string joined(const std::vector<std::string>& words, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < most; ++i) text += (i > 0 ? ", " : "") + words[i];
  return text + (words.size() > most ? ", ..." : "");
}

std::string shown(const Leaf& leaf) {
  std::string text = printable(leaf.from, 60);
  if (!leaf.value.is_null()) text += " = " + printable(mapping::to_text(leaf.value), 30);
  const auto units = units_written_as(leaf.unit);
  if (!leaf.unit.empty())
    text += ' ' + (units.empty() ? printable(leaf.unit, 20) : std::string(units[0].code));
  return text;
}

std::string shown(const std::vector<Leaf>& leaves) {
  std::vector<std::string> words;
  words.reserve(leaves.size());
  for (const Leaf& leaf : leaves) words.push_back(shown(leaf));
  return joined(words, kShownLeaves);
}

std::string rule_of(const GuessedAttribute& attribute) {
  const Leaf& leaf = attribute.leaf;
  std::string text = "{ from = " + toml_of(leaf.from);
  if (!attribute.unit.empty()) text += ", unit = " + toml_of(attribute.unit);
  if (leaf.min) text += ", min = " + toml_of(*leaf.min);
  if (leaf.max) text += ", max = " + toml_of(*leaf.max);
  return text + " }";
}

std::string rules_of(const Guess& guess) {
  std::string text;
  for (const auto& one : guess.attributes)
    text += "attributes." + key_of(one.name) + " = " + rule_of(one) + '\n';
  return text;
}

std::vector<Leaf> without_envelope(const std::vector<Leaf>& leaves) {
  std::vector<Leaf> own;
  for (const Leaf& leaf : leaves)
    if (!leaf.from.starts_with("lns.")) own.push_back(leaf);
  return own;
}

const Leaf* find(const std::vector<Leaf>& leaves, std::string_view name) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [name](const Leaf& leaf) { return leaf.from == name; });
  return found == leaves.end() ? nullptr : &*found;
}

std::string about_kind(const Kind& kind) {
  std::vector<std::string> topics;
  for (const auto& topic : kind.topics) topics.push_back(printable(topic, 120));
  return "# " + (kind.profile.empty() ? "format " + kind.format : kind.profile) + ", " +
         std::to_string(kind.readings) + (kind.readings == 1 ? " reading: " : " readings: ") +
         joined(topics, kShownTopics) + '\n';
}

// Nothing in it has a name that tells what it is: a person has to say.
Proposal nameless(const Kind& kind) {
  const auto own = without_envelope(kind.leaves);
  if (own.empty()) return {};  // joins, acknowledgements, states of a server
  return {about_kind(kind) + "# no name here tells a quantity: " + shown(own) + '\n', false};
}

// What a person should know about a stanza, as comments above it.
std::string explained(const Kind& kind, const std::vector<std::string>& notes, const Tried& tried) {
  std::string text = about_kind(kind);
  if (!kind.by.empty())
    text += "# announced by " + printable(kind.by, 80) + ": " + shown(kind.leaves) + '\n';
  for (const auto& note : notes) text += "# " + note + '\n';
  if (kind.examples.empty() && tried.ready) return text + "# not heard yet\n";
  return text + (tried.ready ? "# becomes " : "# not yet an entity: ") +
         printable(tried.said, 300) + '\n';
}

std::string commented(const std::string& stanza) {
  std::string text = "# ";
  for (std::size_t i = 0; i < stanza.size(); ++i) {
    text += stanza[i];
    if (stanza[i] == '\n' && i + 1 < stanza.size()) text += "# ";
  }
  return text;
}

bool is_mapped(const config::Config& config, const std::string& source, const std::string& topic) {
  return std::any_of(config.mappings.begin(), config.mappings.end(), [&](const auto& mapping) {
    return mapping.source.value == source && mapping::takes_topic(mapping.match.value, topic);
  });
}

}  // namespace

Proposer::Proposer(const config::Config& config)
    : config_(config), recogniser_(config.file), trial_(config) {
  Findings findings;
  models_ = model::Catalogue::load(config::data_dirs(config.file, "models"), findings);
  for (const auto& mapping : config.mappings) names_.push_back(mapping.name);
}

std::vector<Proposal> Proposer::propose(const std::vector<Sample>& samples) {
  Announcements announced;
  std::vector<Sample> readings;
  for (const Sample& sample : samples) {
    if (is_mapped(config_, sample.reading.source, sample.reading.topic)) continue;
    if (add_announced(sample.reading, announced) || is_housekeeping(sample.reading.topic)) continue;
    readings.push_back(sample);
  }
  const std::string source = samples.empty() ? "" : samples.front().reading.source;
  std::vector<Proposal> proposals;
  const auto add = [&](const Kind& kind) {
    if (Proposal one = propose(kind); !one.toml.empty()) proposals.push_back(std::move(one));
  };
  for (Kind& kind : kinds_of(readings, recogniser_, announced)) {
    kind.source = kind.examples.empty() ? source : kind.examples.front().source;
    if (is_mapped(config_, kind.source, kind.topics.front())) continue;
    add(kind);
    if (const auto rest = beyond_profile(kind)) add(*rest);
  }
  return proposals;
}

// What a profile of JSON leaves out although it has a name that models know, as a kind of its own.
std::optional<Kind> Proposer::beyond_profile(const Kind& kind) const {
  if (kind.profile.empty() || kind.format != "json") return std::nullopt;
  const auto sent = trial_.sent_by(kind.profile);
  Kind rest = kind;
  rest.profile.clear();
  rest.knows_topic = false;
  std::erase_if(rest.leaves, [&](const Leaf& leaf) {
    return std::find(sent.begin(), sent.end(), leaf.from) != sent.end() || !is_quantity(leaf.word);
  });
  return rest.leaves.empty() ? std::nullopt : std::optional(std::move(rest));
}

// From the last level that says something: "roof/{device}/state" is "roof".
std::string Proposer::name_for(const std::string& topic) {
  std::string base;
  for (const char c : topic.substr(0, topic.find('{')))
    base += is_alphanumeric(c) ? std::string(1, c) : base.ends_with('-') ? "" : "-";
  while (base.ends_with('-')) base.pop_back();
  if (base.empty()) base = "readings";
  std::string name = base;
  for (int number = 2; std::find(names_.begin(), names_.end(), name) != names_.end(); ++number)
    name = base + '-' + std::to_string(number);
  names_.push_back(name);
  return name;
}

// `profile = [...]` with those device profiles that read the bytes; the first is taken.
std::string Proposer::lorawan_profiles(const Kind& kind, std::vector<std::string>& notes) {
  const Leaf* data = find(kind.leaves, "lns.data");
  const Leaf* port = find(kind.leaves, "lns.fPort");
  const auto names = recogniser_.readers_of(data != nullptr ? &data->value : nullptr,
                                            port != nullptr ? &port->value : nullptr);
  std::string server = toml_of(kind.profile);
  if (names.empty()) {
    notes.push_back(
        "no profile reads its bytes: write a layout (docs/profiles.md), or let the "
        "server decode them");
    return server;
  }
  if (names.size() > 1)
    notes.push_back("its bytes could be of " + joined(names, kShownProfiles) + ": say which");
  return '[' + server + ", " + toml_of(names.front()) + ']';
}

// All of the stanza but its head and its place.
std::string Proposer::body_of(const Kind& kind, const std::string& name,
                              std::vector<std::string>& notes) {
  const bool lorawan = kind.format == "lorawan";
  const std::vector<Leaf> own = lorawan ? without_envelope(kind.leaves) : kind.leaves;
  std::string body;
  bool described = !kind.profile.empty();  // by the profile, with a model
  if (lorawan) {
    if (own.empty() && find(kind.leaves, "lns.data") == nullptr) return "";
    described = own.empty();
    body += line("profile", described ? lorawan_profiles(kind, notes) : toml_of(kind.profile));
  } else if (!kind.profile.empty()) {
    body += line("profile", toml_of(kind.profile));
  } else {
    body += line("format", toml_of(kind.format));
  }
  const std::string match = template_of(kind.topics);
  if (!kind.knows_topic) body += line("match", toml_of(match));
  if (described) return body;
  const Guess guess = guess_model(own, models_);
  if (guess.model.empty()) return "";
  const bool has_device = lorawan || match.find("{device}") != std::string::npos;
  const std::string id = has_device ? std::string(kId) : "urn:ngsi-ld:{model}:" + name;
  body += line("model", toml_of(guess.model)) + line("id", toml_of(id));
  if (!guess.left.empty()) notes.push_back("not sent: " + shown(guess.left));
  return body + rules_of(guess);
}

// Tries what may be missing: a place, which most models want, and an id that no other stanza has.
Proposal Proposer::propose(const Kind& kind) {
  std::vector<std::string> notes;
  const std::string name = name_for(kind.profile.empty() ? template_of(kind.topics) : kind.profile);
  const std::string body = body_of(kind, name, notes);
  if (body.empty()) {
    names_.pop_back();
    return nameless(kind);
  }
  const std::string head =
      "[[mapping]]\n" + line("name", toml_of(name)) + line("source", toml_of(kind.source));
  std::string own_id = body;
  if (const auto at = own_id.find(kId); at != std::string::npos)
    own_id.replace(at, kId.size(), "urn:ngsi-ld:{model}:" + name + "-{device}");
  const auto& gateway = config_.gateway.location;
  const std::string place = "location = " + (gateway ? toml_of(*gateway) : kElsewhere) + '\n';
  Tried best;
  std::string text = head + body;
  bool placed = false;
  for (const auto& [with_place, rest] :
       {std::pair(false, body), {true, body}, {false, own_id}, {true, own_id}}) {
    std::string stanza = head;
    stanza.append(with_place ? place : "").append(rest);
    const Tried tried = trial_.run(stanza, kind.examples);
    if (tried.ready > best.ready || tried.loads > best.loads || best.said.empty()) {
      best = tried;
      text = stanza;
      placed = with_place;
    }
    if (best.ready) break;
  }
  if (best.loads) trial_.keep(text);
  if (placed && !gateway)
    text.replace(text.find(place), place.size(),
                 "# " + place.substr(0, place.size() - 1) + "  # needed: where it stands\n");
  return {explained(kind, notes, best) + (best.loads ? text : commented(text)), best.ready};
}

}  // namespace lamppost::cli

// SPDX-License-Identifier: Apache-2.0
// Uplinks as LoRaWAN network servers publish them, in JSON; lorawan_networks.cpp says where each
// server puts what. The device is the DevEUI in lower-case hex, the time the server's.
//
//   [mapping.options]
//   network = "chirpstack-v4"   # absent: whichever server the payload looks like
//   decode  = "milesight"       # a layout of config/layouts, or a format such as "cayenne_lpp"
//   fport   = [2, 85]           # uplinks on other ports are no readings
//
// With `decode` the bytes of the frame are read, whatever the server decoded: its codec may be of
// another firmware. Without it, or when there are no bytes, the server's own object is taken; its
// members are named by path, "temperature" and "line_1/total_in". What the server itself says is
// called lns.rssi, lns.snr, lns.fPort, lns.fCnt, lns.battery, lns.margin, lns.externalPower,
// lns.deviceName, lns.deviceProfile and lns.data. Statuses, joins and acknowledgements have no
// other observations than these; where a gateway stands is not where the device is.
#include <algorithm>
#include <array>

#include "core/hex.h"
#include "core/suggest.h"
#include "drivers/catalogue.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/layout.h"
#include "drivers/formats/leaves.h"
#include "drivers/formats/lorawan_envelope.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picks.h"

namespace lamppost {
namespace {

using namespace formats;

struct Named {
  std::string name;  // as the mapping writes it
  Pointer pointer;   // into the server's object
};

struct Plan {
  std::vector<Envelope> envelopes;
  std::optional<Branches> branches;
  std::vector<Named> wanted;  // of the object
  std::vector<std::string> radio;
  bool everything = false;
  std::optional<Layout> layout;
  Decoder inner;
  std::vector<int> fports;
};

bool is_radio(std::string_view name) { return name.starts_with("lns."); }

void add_object(const Plan& plan, const Json& object, ObservationGroup& group) {
  for (const Named& one : plan.wanted)
    if (const Json* const value = find(object, one.pointer))
      group.observations.push_back({one.name, *value, ""});
}

Result<void> add_leaves(const Json& object, ObservationGroup& group) {
  auto leaves = all_leaves(object.is_array() ? Json{{"list", object}} : object, Pointer{});
  if (!leaves) return leaves.error();
  for (Observation& one : leaves->front().observations) {
    if (one.name.starts_with('/')) one.name.erase(0, 1);
    group.observations.push_back(std::move(one));
  }
  return {};
}

// A format of its own may find several groups in the frame; all of them are of this device.
Result<void> add_decoded(const Plan& plan, const Reading& reading, const std::string& bytes,
                         Observations& seen) {
  Reading frame;
  frame.source = reading.source;
  frame.topic = reading.topic;
  frame.payload = bytes;
  frame.arrived = reading.arrived;
  auto groups = plan.inner(frame);
  if (!groups) return groups.error();
  ObservationGroup shared = std::move(seen.back());
  seen.pop_back();
  for (ObservationGroup& group : *groups) {
    group.device = shared.device;
    group.network_time = shared.network_time;
    group.observations.insert(group.observations.begin(), shared.observations.begin(),
                              shared.observations.end());
    seen.push_back(std::move(group));
  }
  return {};
}

Result<void> add_payload(const Plan& plan, const Reading& reading, const Envelope::Uplink& uplink,
                         Observations& seen) {
  const bool has_decoder = plan.layout || plan.inner;
  if (has_decoder && uplink.bytes) {
    if (uplink.bytes->empty()) return {};  // nothing but MAC commands
    if (plan.inner) return add_decoded(plan, reading, *uplink.bytes, seen);
    return read_layout(*plan.layout, *uplink.bytes, uplink.fport, seen.back());
  }
  const Json& object = uplink.object != nullptr ? *uplink.object : uplink.parsed;
  if (object.is_null()) return {};
  if (plan.everything) return add_leaves(object, seen.back());
  add_object(plan, object, seen.back());
  return {};
}

bool is_other_port(const Plan& plan, const Envelope::Uplink& uplink) {
  return !plan.fports.empty() && (!uplink.fport || std::find(plan.fports.begin(), plan.fports.end(),
                                                             *uplink.fport) == plan.fports.end());
}

Result<void> add_uplink(const Plan& plan, const Reading& reading, const Envelope& envelope,
                        const Json& element, Observations& seen) {
  auto uplink = envelope.read(element);
  if (!uplink) return uplink.error();
  ObservationGroup& group = seen.emplace_back();
  group.device = std::move(uplink->device);
  group.network_time = uplink->time;
  if (uplink->bytes) uplink->radio.push_back({"lns.data", to_hex(*uplink->bytes), ""});
  for (Observation& one : uplink->radio)
    if (plan.everything ||
        std::find(plan.radio.begin(), plan.radio.end(), one.name) != plan.radio.end())
      group.observations.push_back(std::move(one));
  if (!uplink->is_uplink || is_other_port(plan, *uplink)) return {};
  return add_payload(plan, reading, *uplink, seen);
}

const Envelope* envelope_of(const Plan& plan, const Json& element) {
  const auto found = std::find_if(plan.envelopes.begin(), plan.envelopes.end(),
                                  [&](const Envelope& one) { return one.is_like(element); });
  return found == plan.envelopes.end() ? nullptr : &*found;
}

Error no_envelope(const Plan& plan) {
  if (plan.envelopes.size() > 1)
    return {Fault::kMalformed, "no LoRaWAN network server that is known writes like this", ""};
  const Network& network = plan.envelopes.front().network();
  return {Fault::kMalformed,
          "not of " + std::string(network.name) + ": nothing at " + std::string(network.marker),
          std::string(network.marker)};
}

Result<Observations> decode(const Reading& reading, const Plan& plan) {
  const auto tree = json_to_tree(reading.payload, plan.branches ? &*plan.branches : nullptr);
  if (!tree) return tree.error();
  const auto elements = elements_of(*tree, Pointer{});
  if (!elements) return elements.error();
  Observations seen;
  for (const Json* const element : *elements) {
    const Envelope* const envelope = envelope_of(plan, *element);
    if (envelope == nullptr) return no_envelope(plan);
    if (auto done = add_uplink(plan, reading, *envelope, *element, seen); !done)
      return done.error();
  }
  return seen;
}

std::string check_name(std::string_view name) {
  if (name.empty()) return "a value of an uplink has a name, such as \"temperature\"";
  if (!is_radio(name)) return "";
  const auto& known = envelope_names();
  if (std::find(known.begin(), known.end(), name) != known.end()) return "";
  return "no network server says \"" + std::string(name) + "\"; " + suggest(name, known);
}

void open_network(const DecoderOptions& options, Plan& plan) {
  const auto chosen = options.extra.find("network");
  if (chosen == options.extra.end()) {
    for (const Network& network : networks()) plan.envelopes.emplace_back(network);
    return;
  }
  const std::string name = chosen->second.is_string() ? chosen->second.get<std::string>() : "";
  const Network* const network = find_network(name);
  if (network != nullptr) return void(plan.envelopes.emplace_back(*network));
  std::vector<std::string> known;
  for (const Network& one : networks()) known.emplace_back(one.name);
  throw OptionError("network", "unknown network server \"" + name + "\"; " + suggest(name, known));
}

void open_inner(const DecoderOptions& options, const std::vector<std::string>& names, Plan& plan) {
  const auto chosen = options.extra.find("decode");
  if (chosen == options.extra.end()) return;
  if (chosen->second.is_object()) {
    plan.layout = compile_layout(chosen->second, names);
    return;
  }
  const std::string name = chosen->second.is_string() ? chosen->second.get<std::string>() : "";
  const Driver* const driver = find_driver(name);
  if (driver == nullptr || driver->name == "lorawan" || driver->name == "bytes")
    throw OptionError("decode", "nothing decodes \"" + name + '"');
  for (const std::string& one : names)
    if (const std::string fault = driver->check_name(one); !fault.empty())
      throw OptionError("", fault);
  plan.inner = driver->open({names, "", {}});
}

void open_ports(const DecoderOptions& options, Plan& plan) {
  const auto chosen = options.extra.find("fport");
  if (chosen == options.extra.end()) return;
  for (const Json& one :
       chosen->second.is_array() ? chosen->second : Json::array({chosen->second})) {
    if (!one.is_number_integer() || one < 0 || one > 255)
      throw OptionError("fport", "an fPort is 0 to 255");
    plan.fports.push_back(one.get<int>());
  }
}

void want(const std::vector<std::string>& names, Plan& plan) {
  std::vector<Pointer> followed;
  for (const Envelope& envelope : plan.envelopes)
    for (Pointer& one : envelope.pointers()) followed.push_back(std::move(one));
  for (const std::string& name : names) {
    auto pointer = parse_pointer(name.starts_with('/') ? name : '/' + name);
    if (!pointer) throw OptionError("", '"' + name + "\" is no path into the server's object");
    for (const Envelope& envelope : plan.envelopes) {
      Pointer whole = envelope.object();
      whole.text += pointer->text;
      whole.tokens.insert(whole.tokens.end(), pointer->tokens.begin(), pointer->tokens.end());
      if (!envelope.object().tokens.empty()) followed.push_back(std::move(whole));
    }
    plan.wanted.push_back({name, std::move(*pointer)});
  }
  plan.branches.emplace(followed);
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "lorawan", {"network", "decode", "fport"}, check_name);
  refuse_each(options, "lorawan");
  Plan plan;
  open_network(options, plan);
  open_ports(options, plan);
  plan.everything = options.names.empty();
  std::vector<std::string> names;
  for (const std::string& name : options.names)
    (is_radio(name) ? plan.radio : names).push_back(name);
  open_inner(options, names, plan);
  if (!plan.everything) want(names, plan);
  return [plan](const Reading& reading) { return decode(reading, plan); };
}

}  // namespace

extern const Driver kLorawan;
constinit const Driver kLorawan{
    "lorawan", "uplinks as LoRaWAN network servers publish them; bytes or what the server decoded",
    open, check_name};

}  // namespace lamppost

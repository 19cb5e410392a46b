// SPDX-License-Identifier: Apache-2.0
// [gateway], [outbox], [clock], [status] and [devices].
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "config/parts.h"
#include "config/wording.h"
#include "core/ascii.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxHostName = 256;
constexpr std::size_t kMaxIdBytes = 128;

// The characters of an NGSI-LD id that every broker takes.
bool is_id_character(char c) {
  return is_alphanumeric(c) || c == '_' || c == '.' || c == ':' || c == '-';
}

std::string host_name() {
  char name[kMaxHostName] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return "lamppost";
  std::string id(name);
  std::replace_if(
      id.begin(), id.end(), [](char c) { return !is_id_character(c); }, '-');
  return id.empty() ? "lamppost" : id;
}

std::string gateway_id(const Section& section) {
  const Located<std::string> id = section.text("id");
  if (id.value.empty() && id.where.line == 0) return host_name();
  const bool good = !id.value.empty() && id.value.size() <= kMaxIdBytes &&
                    std::all_of(id.value.begin(), id.value.end(), is_id_character);
  if (good || !section.layers().find("id").node->is_string()) return id.value;
  section.error("id", in_quotes(id.value) + " cannot be part of an NGSI-LD id",
                "use 1 to 128 of A-Z a-z 0-9 _ . : -");
  return host_name();
}

}  // namespace

Gateway read_gateway(const Section& section) {
  section.refuse_unknown_keys();
  Gateway gateway;
  gateway.id = gateway_id(section);
  gateway.location = section.position("location");
  gateway.runtime_dir = section.path("runtime_dir");
  if (gateway.runtime_dir.empty()) {
    // systemd joins several directories with colons; ours is the first.
    const char* given = std::getenv("RUNTIME_DIRECTORY");
    const std::string text = given == nullptr ? "" : given;
    gateway.runtime_dir = text.empty() ? "/run/lamppost" : text.substr(0, text.find(':'));
  }
  return gateway;
}

Outbox read_outbox(const Section& section) {
  section.refuse_unknown_keys();
  Outbox outbox;
  outbox.path = section.path("path");
  outbox.max_bytes = section.size("max_bytes");
  outbox.max_age = section.duration("max_age");
  outbox.power_loss_window = section.duration("power_loss_window");
  outbox.when_full =
      section.word("when_full") == "refuse" ? WhenFull::kRefuse : WhenFull::kDropOldest;
  outbox.min_free_disk = section.size("min_free_disk");
  return outbox;
}

ClockRules read_clock(const Section& section) {
  section.refuse_unknown_keys();
  return {section.word("trust") == "always", section.duration("max_wait")};
}

Status read_status(const Section& section) {
  section.refuse_unknown_keys();
  const Located<std::string> listen = section.text("listen");
  std::string problem;
  if (!listen.value.empty() && !parse_address(listen.value, problem))
    section.error("listen", "expected an address such as \"127.0.0.1:9180\": " + problem,
                  "\"\" turns the status page off");
  return {listen.value};
}

Devices read_devices(const Section& section) {
  section.refuse_unknown_keys();
  Devices devices;
  if (const std::string file = section.file("file"); !file.empty()) {
    devices.file = {file, section.where("file")};
    read_device_file(section.loading(), *devices.file, devices);
  }
  devices.expect = section.duration("expect");
  if (devices.expect.count() > 0 && !section.has("file"))
    section.error("expect", "is of the devices of a file, and there is none",
                  "expect of a mapping is for devices that no file lists");
  for (auto& [key, device] : devices.by_key)
    if (device.expect.count() == 0) device.expect = devices.expect;
  std::string unknown = section.word("unknown");
  if (unknown.empty()) unknown = section.has("file") ? "hold" : "map";
  devices.unknown = unknown == "map"    ? UnknownDevice::kMap
                    : unknown == "hold" ? UnknownDevice::kHold
                                        : UnknownDevice::kReject;
  return devices;
}

}  // namespace lamppost::config

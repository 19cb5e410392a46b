// SPDX-License-Identifier: Apache-2.0
// The configuration as values. Shapes, defaults and sentences of every option live in options.cpp;
// names are the contract with the people who write lamppost.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/attribute_rule.h"
#include "config/calibration.h"
#include "config/located.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/priority.h"

namespace lamppost::config {

struct Gateway {
  std::string id;                     // default: the host name
  std::optional<Json> location;       // [lon, lat], WGS84
  std::filesystem::path runtime_dir;  // control socket and fresh shelf
};

struct Tls {
  std::string ca_file, cert_file, key_file;  // "" = not set; ca_file "" = the system's store

  friend bool operator==(const Tls&, const Tls&) = default;
};

enum class SourceType { kMqtt, kCoap };

struct Source {
  std::string name;
  Where where;
  SourceType type = SourceType::kMqtt;
  // mqtt
  std::string url;  // mqtt://host[:port] or mqtts://host[:port]
  int version = 5;  // 5, or 3 for 3.1.1; 5 falls back to 3.1.1 when the broker refuses it
  std::string client_id;
  int qos = 1;
  Milliseconds session_expiry{0};
  Milliseconds keep_alive{0};
  std::string username;
  std::string password;  // read from password_file or the environment, never from the config file
  Tls tls;
  // coap
  std::vector<Located<std::string>> listen;  // coap://[::]:5683
  std::size_t max_payload = 0;               // bytes a reading may have, both transports
};

struct Secret {
  std::string value;
  std::string file;  // where it is read again when it changes; "" = from the environment

  friend bool operator==(const Secret&, const Secret&) = default;
};

enum class AuthType { kNone, kHeader, kBasic, kOAuth2 };

struct Auth {
  AuthType type = AuthType::kNone;
  std::string header;  // that carries the value or the token: "Authorization", "X-Auth-Token"
  Secret value;        // kHeader
  std::string username;
  Secret password;  // both of kBasic, and of kOAuth2 with password_grant
  // kOAuth2 (RFC 6749): 4.3 with password_grant, else 4.4
  std::string token_url, client_id, scope, audience;
  Secret client_secret;
  bool password_grant = false;
  bool secret_in_body = false;  // 2.3.1: the client's id and secret in the body, not as Basic

  friend bool operator==(const Auth&, const Auth&) = default;
};

struct Broker {
  std::string name;
  Where where;
  std::string url;      // http://host[:port][/base] or https://...
  std::string profile;  // etsi orionld scorpio stellio antares geonic single-merge
  std::string tenant;
  std::string context;  // URL of the @context, sent as Link
  Auth auth;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones, name and value
  std::string proxy;  // http://host[:port], "" = as the environment says
  Tls tls;
  std::vector<std::string> pins;   // SHA-256 of the public keys it may have, base64; empty = any
  std::string min_tls;             // "1.2" or "1.3"
  std::string tenant_header;       // "NGSILD-Tenant" or "Fiware-Service"
  std::vector<std::string> modes;  // ways of writing, best first: update replace append merge
  std::string answers;             // how much they say: full failures status
  bool temporal = false;           // late readings may go to /temporal/entities
  int max_entities = 0;
  std::size_t max_bytes = 0;
  Milliseconds linger{0}, timeout{0}, resume_spread{0};
  int max_requests_per_second = 0, max_entities_per_second = 0;  // 0 = as fast as it answers

  friend bool operator==(const Broker&, const Broker&) = default;
};

enum class WhenFull { kRefuse, kDropOldest };

struct Outbox {
  std::filesystem::path path;
  std::uint64_t max_bytes = 0;
  Milliseconds max_age{0};
  Milliseconds power_loss_window{0};
  WhenFull when_full = WhenFull::kRefuse;
  std::uint64_t min_free_disk = 0;

  friend bool operator==(const Outbox&, const Outbox&) = default;
};

// When a reading without a time of its own may be given the gateway's.
struct ClockRules {
  bool always_trusted = false;
  std::chrono::milliseconds max_wait{24LL * 3600 * 1000};

  friend bool operator==(const ClockRules&, const ClockRules&) = default;
};

struct Status {
  std::string listen;  // "127.0.0.1:9180", "" = off

  friend bool operator==(const Status&, const Status&) = default;
};

struct TimeRule {
  Located<std::string> from;  // observation name, "" = what the decoder found
  std::string zone;  // "UTC", "+02:00": for local times without an offset; "" = refuse them
};

struct LocationRule {
  Where where;
  std::optional<Json> fixed;      // [lon, lat]
  Located<std::string> lon, lat;  // observation names
};

// What one reading becomes: one entity of one model.
struct EntityRule {
  Where where;
  bool is_main = true;  // takes the id of devices.csv; false: an entity beside it, of a profile
  // Attributes that a profile sets while the model is the mapping's own, or that a block takes from
  // the mapping around it: a model without them does not get them.
  std::set<std::string> dispensable;
  Located<std::string> model;
  Located<std::string> id;  // template with {capture}
  std::optional<LocationRule> location;
  std::vector<AttributeRule> attributes;
  std::vector<std::pair<Located<std::string>, Json>> statics;  // attribute, value
  std::vector<std::pair<Located<std::string>, Located<std::string>>>
      relationships;  // attribute, template
};

// A layout of a binary payload: its text as JSON, and the place of every value in it.
struct Layout {
  Json content;
  std::map<std::string, Where> places;  // by JSON pointer
  // The place of a pointer, or of the nearest value around it that has one.
  Where where(std::string pointer) const;
};

struct Example;  // profile.h

// What becomes of a reading that is older than what was stored of its entity.
enum class Late { kDrop, kSend, kTemporal };

struct Mapping {
  std::string name;
  std::string profiles;                  // names of those it uses, with a comma between; for people
  std::shared_ptr<const Layout> layout;  // that options name with `decode`
  // Of a mapping with {profile}: which devices of devices.csv this one is for, by their profile.
  std::optional<std::string> device_profile;
  Where where;
  Located<std::string> source;
  Located<std::string> match;                           // topic filter or path with {captures}
  Located<std::string> format;                          // driver name
  Located<std::string> each;                            // json: pointer to the array of elements
  std::map<std::string, Located<std::string>> capture;  // capture name -> observation name
  std::map<std::string, Located<Json>> options;         // of the format
  TimeRule time;
  Milliseconds period{0};    // reporting period, for intervals From/To; 0 = not given
  bool keep_latest = false;  // history = "latest"
  Late late = Late::kDrop;
  Located<std::string> counter;  // observation name, "" = none
  Milliseconds duplicate_window{0};
  Milliseconds expect{0};  // a device is heard at least so often; 0 = not watched
  Priority priority = Priority::kNormal;
  std::vector<Located<std::string>> to;  // broker names; empty = all
  std::vector<EntityRule> entities;      // at least one
};

enum class UnknownDevice { kMap, kHold, kReject };

// Per-device facts from devices.csv.
struct Device {
  std::string key, id;           // id "" = from the mapping's template
  std::optional<Json> location;  // [lon, lat]
  std::map<std::string, Json> statics;
  Milliseconds expect = {};  // of its own, or of [devices]; 0 = as the mapping says
  std::string profile = {};  // what {profile} of a mapping stands for, "" = none
};

struct Devices {
  std::optional<Located<std::string>> file;
  std::map<std::string, Where> profiles;  // of its column, each with the place of its first use
  UnknownDevice unknown = UnknownDevice::kMap;
  Milliseconds expect{0};                     // of devices that have none of their own
  std::vector<Located<std::string>> columns;  // static attributes of the file's header
  std::map<std::string, Device> by_key;
};

struct Config {
  std::filesystem::path file;
  Gateway gateway;
  std::vector<Source> sources;
  std::vector<Broker> brokers;
  Outbox outbox;
  ClockRules clock;
  Status status;
  std::vector<Mapping> mappings;
  Devices devices;
  std::vector<Calibration> calibrations;
  std::vector<Example> examples;

  Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;
  ~Config();
};

// Reads `file` and its conf.d/*.toml beside it, in name order. Every mistake that can be seen
// without models and drivers becomes a finding; the Config is usable only when `findings` has no
// errors. Contacts nobody.
Config load(const std::filesystem::path& file, Findings& findings);

// Directories that hold `kind` ("models", "profiles"), in search order: beside the configuration,
// /etc/lamppost, the build tree the program runs from, /usr/share/lamppost. Only existing ones,
// each once. The environment's LAMPPOST_DATA_DIR, when set, comes before all of them.
std::vector<std::filesystem::path> data_dirs(const std::filesystem::path& config_file,
                                             const std::string& kind);

}  // namespace lamppost::config

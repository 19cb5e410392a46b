// SPDX-License-Identifier: Apache-2.0
// One function for each kind of table: reads it, reports what is wrong, returns it as a value.
#pragma once

#include "config/collect.h"
#include "config/profile.h"

namespace lamppost::config {

Gateway read_gateway(const Section& section);
Outbox read_outbox(const Section& section);
ClockRules read_clock(const Section& section);
Status read_status(const Section& section);
Devices read_devices(const Section& section);
Source read_source(Loading& loading, const NamedTable& named, const Gateway& gateway);
Broker read_broker(Loading& loading, const NamedTable& named);
Tls read_tls(const Section& section);
// auth = { ... } and headers = { ... } of a broker.
Auth read_auth(const Section& broker);
std::vector<std::pair<std::string, std::string>> read_headers(const Section& broker);

// All mappings in file order, with what they inherit by `extends`. A mapping with {profile} becomes
// one for each profile of devices.csv.
std::vector<Mapping> read_mappings(Loading& loading, const std::vector<const toml::table*>& tables,
                                   const Devices& devices);

// Tables of one mapping. read_options puts the layout that `decode` names in the name's place.
void read_capture(const Section& section, Mapping& mapping);
void read_options(const Section& section, Mapping& mapping);
void read_time(const Section& section, Mapping& mapping);

// An [[example]]; all that is left out is empty.
Example read_example(const Section& section);

// The entities of one mapping: those of its [[mapping.entity]], or the one written in the mapping
// itself.
std::vector<EntityRule> read_entities(const Section& mapping);

// What one entity does with its attributes.
std::vector<AttributeRule> read_attributes(const Section& entity);

// empty, full and reference of an attribute line.
void read_distances(const Section& section, AttributeRule& rule);
// derive and of; false when the line takes its value from the payload.
bool read_derivation(const Section& section, AttributeRule& rule);

// delta = true or { ... }, and quality = { ... }, of a line whose other keys are read already.
void read_delta(const Section& attribute, AttributeRule& rule);
void read_quality(const Section& attribute, AttributeRule& rule);
// A number, text or boolean, or a list of them.
std::vector<Json> read_values(const Section& section, std::string_view key);

// All [[calibration]] in file order.
std::vector<Calibration> read_calibrations(Loading& loading,
                                           const std::vector<const toml::table*>& tables,
                                           const Devices& devices);

// The CSV of [devices]; a row beyond `max_rows` is a finding.
inline constexpr std::size_t kMaxDevices = 200'000;
inline constexpr std::size_t kMaxDeviceFile = std::size_t{64} << 20;  // bytes
void read_device_file(Loading& loading, const Located<std::string>& file, Devices& devices,
                      std::size_t max_rows = kMaxDevices);

// What only all tables together show: names that do not exist, two sources with one session.
void check_references(const Config& config, Loading& loading);

}  // namespace lamppost::config

// SPDX-License-Identifier: Apache-2.0
// The estate of a FIWARE IoT Agent (IoT Agent API of iotagent-node-lib): groups and devices, as
// POST and GET of /iot/services, /iot/groups and /iot/devices exchange them in objects with the
// arrays "services", "groups" and "devices".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace lamppost::cli {

struct IotaAttribute {
  std::string object_id;  // as the device calls it
  std::string name;       // as the entity calls it
  std::string type;       // of NGSI-v2: "Number", "geo:json"
  std::string unit;       // metadata.unitCode, "" when there is none
  std::string expression;
  Json value;  // of a static attribute
};

// A group, or a device.
struct IotaEntry {
  std::string label;  // for people: "device mast-3"
  std::string apikey, format, type;
  std::string device;       // device_id, "" for a group
  std::string entity_name;  // of a device, "" when it has none
  std::vector<IotaAttribute> attributes, statics;
};

struct IotaEstate {
  std::vector<IotaEntry> groups, devices;
  std::vector<std::string> warnings;  // what has no counterpart here
};

// Adds a document to the estate. kMalformed when it holds none of the three arrays, or one of
// something else than objects.
Result<void> add_iota(const Json& document, IotaEstate& estate);

}  // namespace lamppost::cli

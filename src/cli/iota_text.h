// SPDX-License-Identifier: Apache-2.0
// The estate of an IoT Agent in Lamppost's own words.
#pragma once

#include "cli/iota_estate.h"
#include "model/catalogue.h"

namespace lamppost::cli {

struct IotaText {
  std::string toml;     // [[mapping]] stanzas; what a model does not have is commented out
  std::string devices;  // devices.csv with its header, "" when there is no device
};

// Adds to the estate's warnings what a person has to decide. `model`: used for every entity type,
// "" = the model named like the type. `source`: where the devices' readings come from.
IotaText iota_text(IotaEstate& estate, const model::Catalogue& catalogue, const std::string& model,
                   const std::string& source);

}  // namespace lamppost::cli

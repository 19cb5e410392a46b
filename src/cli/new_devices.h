// SPDX-License-Identifier: Apache-2.0
// Devices that a mapping takes and devices.csv does not have, as lines for it.
#pragma once

#include <string>
#include <vector>

#include "cli/listen.h"
#include "cli/recognise.h"
#include "config/config.h"

namespace lamppost::cli {

// Comments, the header of the file and a line for each device, with the gateway's place and, where
// the file asks for one, a profile that reads its bytes; "" when there is nothing to add.
std::string new_devices(const config::Config& config, const std::vector<Sample>& samples,
                        const Recogniser& recogniser);

}  // namespace lamppost::cli

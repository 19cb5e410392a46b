// SPDX-License-Identifier: Apache-2.0
// The reason codes of MQTT in words: MQTT 5.0 table 2-6, MQTT 3.1.1 table 3.1.
#pragma once

#include <string>

namespace lamppost::mqtt {

// "bad user name or password (0x86)". `version` is 5, or 3 for MQTT 3.1.1.
std::string reason_words(int version, int code);

// The broker does not know the version we spoke: 0x84 in MQTT 5, 1 as a 3.1.1 broker says it.
bool refuses_version(int code);

}  // namespace lamppost::mqtt

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/config.h"

namespace lamppost::config {

// The field of a device in devices.csv, or its key without a column. The file is read again: nobody
// keeps the places of thousands of fields for a mistake. The file as a whole when it has changed.
Where place_of(const Devices& devices, std::string_view key, std::string_view column = "key");

// What is wrong with the fields of devices.csv: of each column ten devices are named with the
// place, the others counted when this goes.
class DeviceMistakes {
 public:
  DeviceMistakes(const Devices& devices, Findings& findings)
      : devices_(devices), findings_(findings) {}
  ~DeviceMistakes();
  DeviceMistakes(const DeviceMistakes&) = delete;
  DeviceMistakes& operator=(const DeviceMistakes&) = delete;

  // `what` follows "device KEY, " in the finding.
  void add(const std::string& key, const std::string& column, const std::string& what,
           std::string hint = "");

 private:
  const Devices& devices_;
  Findings& findings_;
  std::map<std::string, std::size_t> found_;  // by column
};

}  // namespace lamppost::config

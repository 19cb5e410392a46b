// SPDX-License-Identifier: Apache-2.0
// Brokers behind HTTPS, certified by an authority of the tests' own.
#pragma once

#include "broker/road.h"
#include "support/certificates.h"

namespace lamppost {

inline const Certificates& certificates() {
  static const Certificates made;
  return made;
}

inline FakeBroker::Options https(const std::string& name) {
  FakeBroker::Options options;
  options.cert_file = certificates().file(name + ".pem");
  options.key_file = certificates().file(name + ".key");
  return options;
}

}  // namespace lamppost

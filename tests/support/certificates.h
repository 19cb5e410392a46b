// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made when they run by the openssl command in a directory of their own,
// which goes with the object: two authorities, and what they have signed.
#pragma once

#include <string>

#include "support/temp_directory.h"

namespace lamppost {

class Certificates {
 public:
  Certificates();  // throws when openssl is not there

  // "ca.pem", "other-ca.pem"; "server.pem/.key" for localhost and 127.0.0.1; "stranger.pem/.key"
  // for city.example; "old.pem/.key" for localhost, no longer valid; "soon.pem/.key" for
  // localhost, valid for 30 days, all others for 90; "client.pem/.key"; the same of the other
  // authority: "other-server.pem/.key", "other-client.pem/.key".
  std::string file(const std::string& name) const { return (directory_ / name).string(); }

 private:
  TempDirectory directory_;
};

}  // namespace lamppost

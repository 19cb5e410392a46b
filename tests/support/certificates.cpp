// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lamppost {
namespace {

const char* const kScript = R"(
set -e
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
authority() {
  key "$1"
  openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 30 -out "$1.pem"
}
# name, subjectAltName, how long, by whom
signed() {
  by=${4:-ca}
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  printf 'subjectAltName=%s\n' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA $by.pem -CAkey $by.key -CAcreateserial $3 \
    -extfile "$1.ext" -out "$1.pem"
}
authority ca
authority other-ca
signed server DNS:localhost,IP:127.0.0.1 "-days 90"
signed stranger DNS:city.example "-days 90"
signed client DNS:lamppost "-days 90"
signed soon DNS:localhost "-days 30"
signed other-server DNS:localhost,IP:127.0.0.1 "-days 90" other-ca
signed other-client DNS:lamppost "-days 90" other-ca
# OpenSSL 3.0 knows no dates here, 3.5 no negative days.
signed old DNS:localhost "-days -1" ||
  signed old DNS:localhost "-not_before 20200101000000Z -not_after 20200201000000Z"
)";

}  // namespace

Certificates::Certificates() {
  std::ofstream(directory_ / "make.sh") << kScript;
  const std::string command =
      "cd '" + directory_.path().string() + "' && sh make.sh > make.log 2>&1";
  if (std::system(command.c_str()) == 0) return;
  std::ostringstream log;
  log << std::ifstream(directory_ / "make.log").rdbuf();
  throw std::runtime_error("openssl failed: " + log.str());
}

}  // namespace lamppost

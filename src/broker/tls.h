// SPDX-License-Identifier: Apache-2.0
// TLS towards a broker: its certificate must be signed by ca_file (or the system's store) and carry
// its host name; a client certificate when one is configured.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "config/config.h"

namespace lamppost::broker {

// Throws ConfigError when a file is missing or unusable.
boost::asio::ssl::context make_tls_context(const config::Broker& broker);

// Makes this one connection expect `host` (name or address): SNI, and the check of the certificate.
void expect_host(SSL* connection, const std::string& host);

// Why the certificate was refused, in OpenSSL's words; "" when it was not.
std::string refused_because(const SSL* connection);

}  // namespace lamppost::broker

// SPDX-License-Identifier: Apache-2.0
// TLS towards a broker and its token endpoint: a certificate must be signed by ca_file (or the
// system's store) and carry the host's name; a client certificate when one is configured.
#pragma once

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/file_stamp.h"
#include "broker/forwarder.h"
#include "config/config.h"

namespace lamppost::broker {

// Makes OpenSSL's context when it is first needed, and again when one of the files has changed: a
// certificate is renewed under a running gateway.
class TlsFiles {
 public:
  explicit TlsFiles(const config::Broker& broker);

  // The context of today's files. When they cannot be used the one before stays and fault() says
  // why; throws ConfigError when there is none before.
  std::shared_ptr<boost::asio::ssl::context> context();
  const std::string& fault() const { return fault_; }
  // The gateway's own.
  const std::optional<CertificateState>& certificate() const { return certificate_; }

 private:
  std::array<FileStamp, 3> stamps() const;
  std::shared_ptr<boost::asio::ssl::context> make();

  const std::string broker_;
  const config::Tls files_;
  const bool only_1_3_;
  std::array<FileStamp, 3> seen_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::optional<CertificateState> certificate_;
  std::string fault_;
};

// Makes this one connection expect `host` (name or address): SNI, and the check of the certificate.
void expect_host(SSL* connection, const std::string& host);

// Why the certificate was refused, in OpenSSL's words; "" when it was not.
std::string refused_because(const SSL* connection);

// The certificate the other side has shown.
std::optional<CertificateState> certificate_of(const SSL* connection);
// SHA-256 of its SubjectPublicKeyInfo in base64 (RFC 7469, 2.4).
std::string key_digest(const SSL* connection);

}  // namespace lamppost::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include "core/finding.h"

namespace lamppost::broker {
namespace {

namespace ssl = boost::asio::ssl;

// Runs one step of the set-up; its failure names the option and the file.
template <typename Step>
void load(const config::Broker& broker, const std::string& option, const std::string& file,
          Step step) {
  boost::system::error_code error;
  step(error);
  if (error)
    throw ConfigError("broker " + broker.name + ": " + option + " " + file + ": " +
                      error.message());
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

ssl::context make_tls_context(const config::Broker& broker) {
  ssl::context context(ssl::context::tls_client);
  const int oldest = broker.min_tls == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context.native_handle(), oldest);
  context.set_verify_mode(ssl::verify_peer);
  const auto& tls = broker.tls;
  if (tls.ca_file.empty())
    load(broker, "ca_file", "of the system", [&](auto& e) { context.set_default_verify_paths(e); });
  else
    load(broker, "ca_file", tls.ca_file,
         [&](auto& e) { context.load_verify_file(tls.ca_file, e); });
  if (tls.cert_file.empty()) return context;
  load(broker, "cert_file", tls.cert_file,
       [&](auto& e) { context.use_certificate_chain_file(tls.cert_file, e); });
  load(broker, "key_file", tls.key_file,
       [&](auto& e) { context.use_private_key_file(tls.key_file, ssl::context::pem, e); });
  return context;
}

void expect_host(SSL* connection, const std::string& host) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
    return;  // RFC 6066, 3: no addresses in SNI
  }
  // The macro SSL_set_tlsext_host_name hides an old-style cast.
  SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
}

std::string refused_because(const SSL* connection) {
  const long result = SSL_get_verify_result(connection);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

}  // namespace lamppost::broker

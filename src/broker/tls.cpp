// SPDX-License-Identifier: Apache-2.0
#include "broker/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include "broker/encoding.h"
#include "core/finding.h"

namespace lamppost::broker {
namespace {

namespace ssl = boost::asio::ssl;

// Runs one step of the set-up; its failure names the option and the file.
template <typename Step>
void load(const std::string& broker, const std::string& option, const std::string& file,
          Step step) {
  boost::system::error_code error;
  step(error);
  if (error)
    throw ConfigError("broker " + broker + ": " + option + " " + file + ": " + error.message());
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

// From days and seconds, and nothing of libcrypto that takes a time_t: where ours has 64 bits, that
// of a 32-bit library may have 32.
Timestamp moment(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> epoch(ASN1_TIME_new(),
                                                                    ASN1_TIME_free);
  ASN1_TIME_set_string(epoch.get(), "19700101000000Z");
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, epoch.get(), time);
  return {(std::int64_t{86'400} * days + seconds) * 1000};
}

std::optional<CertificateState> facts(const X509* certificate, std::string whose) {
  if (certificate == nullptr) return std::nullopt;
  char subject[256] = "";
  X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof subject);
  return CertificateState{std::move(whose), subject, moment(X509_get0_notAfter(certificate))};
}

}  // namespace

TlsFiles::TlsFiles(const config::Broker& broker)
    : broker_(broker.name), files_(broker.tls), only_1_3_(broker.min_tls == "1.3") {}

std::array<FileStamp, 3> TlsFiles::stamps() const {
  return {FileStamp::of(files_.ca_file), FileStamp::of(files_.cert_file),
          FileStamp::of(files_.key_file)};
}

std::shared_ptr<ssl::context> TlsFiles::make() {
  auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto& context = *made;
  SSL_CTX_set_min_proto_version(context.native_handle(),
                                only_1_3_ ? TLS1_3_VERSION : TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  if (files_.ca_file.empty())
    load(broker_, "ca_file", "of the system",
         [&](auto& e) { context.set_default_verify_paths(e); });
  else
    load(broker_, "ca_file", files_.ca_file,
         [&](auto& e) { context.load_verify_file(files_.ca_file, e); });
  if (files_.cert_file.empty()) return made;
  load(broker_, "cert_file", files_.cert_file,
       [&](auto& e) { context.use_certificate_chain_file(files_.cert_file, e); });
  load(broker_, "key_file", files_.key_file,
       [&](auto& e) { context.use_private_key_file(files_.key_file, ssl::context::pem, e); });
  return made;
}

std::shared_ptr<ssl::context> TlsFiles::context() {
  const auto today = stamps();
  if (context_ && today == seen_) return context_;
  seen_ = today;
  try {
    context_ = make();
    certificate_ = facts(SSL_CTX_get0_certificate(context_->native_handle()), "gateway");
    fault_.clear();
  } catch (const ConfigError& unusable) {
    if (!context_) throw;
    fault_ = unusable.what();  // half a pair, perhaps: the other file is still to come
  }
  return context_;
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

std::optional<CertificateState> certificate_of(const SSL* connection) {
  return facts(SSL_get0_peer_certificate(connection), "broker");
}

std::string key_digest(const SSL* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return "";
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  EVP_Digest(der, static_cast<std::size_t>(size), reinterpret_cast<unsigned char*>(digest.data()),
             &length, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  digest.resize(length);
  return base64(digest);
}

}  // namespace lamppost::broker

// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/diagnosis.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>

namespace lamppost::mqtt {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Stream = ssl::stream<asio::ip::tcp::socket&>;

constexpr std::chrono::seconds kPatience{3};

std::string words(const error_code& fault) {
  return fault == asio::error::operation_aborted ? "no answer within 3 s" : fault.message();
}

// "" or why one of the files of the TLS options cannot be used.
std::string load(ssl::context& context, const Options& options) {
  error_code fault;
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(fault);
  } else {
    context.load_verify_file(options.ca_file, fault);
    if (fault) return "cannot use ca_file " + options.ca_file + ": " + fault.message();
  }
  if (options.cert_file.empty()) return "";
  context.use_certificate_chain_file(options.cert_file, fault);
  if (fault) return "cannot use cert_file " + options.cert_file + ": " + fault.message();
  const std::string& key = options.key_file.empty() ? options.cert_file : options.key_file;
  context.use_private_key_file(key, ssl::context::pem, fault);
  return fault ? "cannot use key_file " + key + ": " + fault.message() : "";
}

// Server name and the name to check; OpenSSL wants to be told which of the two kinds it is.
void expect_host(SSL* tls, const std::string& host) {
  X509_VERIFY_PARAM* check = SSL_get0_param(tls);
  if (X509_VERIFY_PARAM_set1_ip_asc(check, host.c_str()) == 1) return;
  SSL_set1_host(tls, host.c_str());
  SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
}

asio::awaitable<std::string> diagnose_tls(Stream& stream, std::string host) {
  error_code fault;
  stream.set_verify_mode(ssl::verify_peer, fault);
  expect_host(stream.native_handle(), host);
  co_await stream.async_handshake(Stream::client, asio::redirect_error(asio::use_awaitable, fault));
  if (!fault) co_return "";
  // The verdict on the certificate explains more than "certificate verify failed".
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict == X509_V_OK) co_return "TLS: " + words(fault);
  co_return "the broker's certificate is not accepted for " + host + ": " +
      X509_verify_cert_error_string(verdict);
}

}  // namespace

asio::awaitable<std::string> diagnose(asio::any_io_executor executor,
                                      asio::ip::tcp::endpoint endpoint, Address address,
                                      Options options) {
  std::optional<ssl::context> context;
  if (address.tls) {
    const std::string unusable = load(context.emplace(ssl::context::tls_client), options);
    if (!unusable.empty()) co_return unusable;
  }
  const auto socket = std::make_shared<asio::ip::tcp::socket>(executor);
  asio::steady_timer deadline(executor, kPatience);
  deadline.async_wait([socket](const error_code& cancelled) {
    error_code ignored;
    if (!cancelled) socket->close(ignored);
  });
  error_code fault;
  co_await socket->async_connect(endpoint, asio::redirect_error(asio::use_awaitable, fault));
  if (fault) co_return words(fault);
  if (!context) co_return "";
  Stream stream(*socket, *context);
  co_return co_await diagnose_tls(stream, address.host);
}

}  // namespace lamppost::mqtt

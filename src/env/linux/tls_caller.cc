#include "env/linux/tls_caller.h"

#include <openssl/x509v3.h>

#include "env/linux/certificate_facts.h"
#include "env/linux/tls_identity.h"
#include "env/linux/tls_stream.h"
#include "env/linux/trust_store.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;

// Whom to expect: a name is also told to the peer (RFC 6066, which knows no addresses).
bool expect(SSL* ssl, const std::string& name) {
  if (base::IpAddress::parse(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

bool is_of_another_host(long verdict) {
  return verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

env::TlsFacts facts_of(const SSL* ssl, const std::string& name) {
  env::TlsFacts facts{SSL_get_version(ssl), SSL_get_cipher_name(ssl)};
  const long verdict = SSL_get_verify_result(ssl);
  X509* const certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return facts;
  facts.certificate =
      certificate_facts(certificate, is_of_another_host(verdict) ? X509_V_OK : static_cast<int>(verdict), name);
  return facts;
}

// What is wrong with the certificate that came; nothing when it holds.
std::optional<base::Error> mistrust(const SSL* ssl, const std::string& name) {
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_OK) return std::nullopt;
  if (is_of_another_host(verdict)) return base::Error{ErrorKind::corrupt, "the certificate is not for " + name};
  return base::Error{ErrorKind::corrupt,
                     std::string("the certificate does not hold: ") + X509_verify_cert_error_string(verdict)};
}

base::Error handshake_error(base::Error error) {
  if (error.kind == ErrorKind::closed) error.message = "the peer closed the connection within the TLS handshake";
  if (error.kind != ErrorKind::timeout) error.kind = ErrorKind::corrupt;
  return error;
}

}  // namespace

env::Task<base::Result<void>> TlsCaller::prepare(bool verify) {
  if (!context_) {
    context_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context_ || SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) != 1) {
      co_return base::Error{ErrorKind::unsupported, "OpenSSL cannot do TLS 1.2: " + take_tls_error()};
    }
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  }
  if (trusts_ || !verify) co_return base::Result<void>();
  const auto trusted = co_await worker_.run([] { return load_trust_store({}); });
  if (!trusted) co_return trusted.error();
  SSL_CTX_set1_cert_store(context_.get(), trusted->get());
  trusts_ = true;
  co_return base::Result<void>();
}

env::Task<env::TlsConnection> TlsCaller::connect(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) {
  const auto prepared = co_await prepare(wish.verify);
  if (!prepared) co_return env::TlsConnection{prepared.error(), {}};
  const std::shared_ptr<SSL> ssl(SSL_new(context_.get()), SSL_free);
  if (!ssl || !expect(ssl.get(), wish.name)) {
    const std::string why = "no TLS with " + wish.name + ": " + take_tls_error();
    co_return env::TlsConnection{base::Error{ErrorKind::corrupt, why}, {}};
  }
  auto stream = co_await begin_tls(std::move(under), ssl);
  if (!stream) co_return env::TlsConnection{handshake_error(stream.error()), {}};
  env::TlsConnection connection{std::move(stream), facts_of(ssl.get(), wish.name)};
  const auto why = wish.verify ? mistrust(ssl.get(), wish.name) : std::nullopt;
  if (why) connection.stream = *why;
  co_return connection;
}

}  // namespace holter::env_linux

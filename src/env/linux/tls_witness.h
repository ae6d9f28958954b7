// TlsWitness takes part in one handshake of libcurl: it says whom to trust and who is asking, asks for a stapled OCSP
// answer (RFC 6066), and notes what the other side showed of itself, also where that made the handshake fail. Loop's
// thread; stays where it is from join() to the end of the connection.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "env/http_client.h"
#include "env/linux/tls_identity.h"
#include "env/linux/trust_store.h"

namespace holter::env_linux {

// What https stands on: both are read once and shared.
struct TlsGround {
  TrustStore trusted;                           // empty: nobody is
  std::shared_ptr<const TlsIdentity> identity;  // empty: none
};

class TlsWitness {
 public:
  // `host` is whom the certificate must name; without `verify` it is told and does not count.
  TlsWitness(std::string host, bool verify, TlsGround ground)
      : host_(std::move(host)), verify_(verify), ground_(std::move(ground)) {}

  // Before the handshake. False when OpenSSL has no memory.
  bool join(SSL_CTX* context);
  // After it.
  void see(SSL* ssl);
  const std::optional<env::TlsFacts>& facts() const { return facts_; }

 private:
  static int on_certificate(X509_STORE_CTX* chain, void* self);
  void take_certificate(X509_STORE_CTX* chain, bool good);

  std::string host_;
  bool verify_;
  TlsGround ground_;
  std::optional<env::TlsFacts> facts_;
};

}  // namespace holter::env_linux

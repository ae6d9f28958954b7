// What TLS needs of whoever is connected to: a certificate with its private key, checked when it is taken. Streams over
// TLS are made by Network::accept_tls().
#pragma once

#include <string>

namespace holter::env {

// As text in PEM; the certificate may be followed by those that lead to its root.
struct TlsPem {
  std::string certificate;
  std::string private_key;
};

// Any thread.
class TlsIdentity {
 public:
  virtual ~TlsIdentity() = default;

  // SHA-256 of the certificate, "AB:CD:...", as `openssl x509 -fingerprint -sha256` says it.
  virtual std::string fingerprint() const = 0;
};

}  // namespace holter::env

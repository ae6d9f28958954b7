// What TLS needs of whoever is connected to (a certificate with its private key, checked when it is taken) and of whoever
// connects (whom to expect). Streams over TLS are made by Network::accept_tls() and connect_tls().
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

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

// Whom somebody expects who connects.
struct TlsWish {
  std::string name;    // that the certificate must hold for: of a host, or an address
  bool verify = true;  // false: whatever certificate comes is taken
};

struct TlsFacts {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::optional<base::WallTime> certificate_ends;
};

}  // namespace holter::env

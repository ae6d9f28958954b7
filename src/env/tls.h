// What TLS needs of whoever is connected to (a certificate with its private key, checked when it is taken) and of
// whoever connects (whom to expect). Streams over TLS are made by Network::accept_tls() and connect_tls().
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "base/untrusted_text.h"

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

// What the other side showed of itself (RFC 5280, RFC 6960).
struct CertificateFacts {
  base::UntrustedText subject;  // "CN=www.example.org"
  base::UntrustedText issuer;
  std::optional<base::WallTime> begins;
  std::optional<base::WallTime> ends;
  std::string key_type;  // "RSA", "EC", "ED25519"
  int key_bits = 0;
  std::string chain;        // "good", or why it is not trusted: "certificate has expired"
  bool names_host = false;  // it is for who was asked
};

// As far as the handshake came.
struct TlsFacts {
  std::string version = {};  // "TLSv1.3"; empty when the handshake failed
  std::string cipher = {};
  std::optional<CertificateFacts> certificate = {};
  std::string ocsp =
      {};  // the stapled answer: "none", "good", "revoked", "unknown", "unreadable"; empty: not asked for
};

}  // namespace holter::env

// A certificate and its key as OpenSSL holds them ready for whoever connects: TLS 1.2 or later, no renegotiation, no
// sessions kept (a stranger leaves nothing behind in memory). Also makes a certificate that signs itself, for a holter
// that was given none: whoever connects knows it by its fingerprint. Any thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "env/tls.h"

namespace holter::env_linux {

class TlsIdentity final : public env::TlsIdentity {
 public:
  static base::Result<std::shared_ptr<const TlsIdentity>> create(const env::TlsPem& pem);

  std::string fingerprint() const override { return fingerprint_; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  using Context = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
  explicit TlsIdentity(Context context);

  Context context_;
  std::string fingerprint_;
};

// A new P-256 key and a certificate for this host name, localhost and the loopback addresses, valid for
// kSelfSignedYears from the day before `now`.
inline constexpr int kSelfSignedYears = 20;
base::Result<env::TlsPem> make_self_signed(const std::string& host, base::WallTime now);

// The reason that OpenSSL left behind on this thread, in its words; forgotten after that.
std::string take_tls_error();

}  // namespace holter::env_linux

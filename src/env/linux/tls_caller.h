// TlsCaller begins TLS with whom we connected to. What this host trusts is read with the first handshake and kept, as
// is the rest that all of them have in common. The handshake is taken to its end whatever the certificate says, so that
// it can be told what was wrong with it; a stream comes of it only when nothing was. Loop's thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "env/network.h"
#include "env/offload.h"

namespace holter::env_linux {

class TlsCaller {
 public:
  // `worker` outlives the caller.
  explicit TlsCaller(env::Offload& worker) : worker_(worker) {}

  // See env::Network::connect_tls().
  env::Task<env::TlsConnection> connect(std::unique_ptr<env::ByteStream> under, env::TlsWish wish);

 private:
  env::Task<base::Result<void>> prepare(bool verify);

  env::Offload& worker_;
  std::shared_ptr<SSL_CTX> context_;
  bool trusts_ = false;
};

}  // namespace holter::env_linux

// TLS over any ByteStream: OpenSSL works on bytes in memory, this moves them. The handshake's arithmetic runs on a
// worker, so that strangers who begin handshakes do not keep the loop busy. Reader and writer may be two tasks: after
// the handshake only the writer sends. Loop's thread.
#pragma once

#include <memory>
#include <vector>

#include "env/linux/tls_identity.h"
#include "env/network.h"
#include "env/offload.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxHandshakeBytes = 64 * 1024;  // from the peer

// `worker` outlives the call. See env::Network::accept_tls().
env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(std::unique_ptr<env::ByteStream> under,
                                                                     std::vector<std::uint8_t> first,
                                                                     std::shared_ptr<const TlsIdentity> identity,
                                                                     env::Offload& worker);

}  // namespace holter::env_linux

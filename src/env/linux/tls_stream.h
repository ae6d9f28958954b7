// TLS over any ByteStream: OpenSSL works on bytes in memory, this moves them. The arithmetic of a handshake that somebody
// else began runs on a worker, so that strangers do not keep the loop busy; that of an own one on the loop, where nothing
// else is waited for while it is timed. Reader and writer may be two tasks: after the handshake only the writer sends.
// Loop's thread.
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

// As the side that connects; `ssl` knows whom to expect and tells afterwards who it was, also of a handshake that failed.
env::Task<base::Result<std::unique_ptr<env::ByteStream>>> begin_tls(std::unique_ptr<env::ByteStream> under,
                                                                    std::shared_ptr<SSL> ssl);

}  // namespace holter::env_linux

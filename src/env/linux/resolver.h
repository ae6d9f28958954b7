// Names to addresses by getaddrinfo, which follows the host's own nsswitch.conf and resolv.conf and blocks: it runs on
// a worker of its own, so that a dead resolver delays names and never the disk. Addresses come in the order to try (RFC
// 6724), each once, at most kMaxAddresses. A literal address is answered at once.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "env/offload.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxAddresses = 32;
inline constexpr std::size_t kMaxNameBytes = 253;

// `worker` outlives the task.
env::Task<base::Result<std::vector<base::IpAddress>>> resolve(env::Offload& worker, std::string name);

}  // namespace holter::env_linux

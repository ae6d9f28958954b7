// How a peer is written into records, and read back from them after a restart.
#pragma once

#include <string>
#include <string_view>

#include "base/ip.h"

namespace holter::heartbeat {

// Empty for a session that was never heard of; the address alone where there is no port.
std::string peer_text(const base::Endpoint& peer);
// An unusable text has port 0.
base::Endpoint peer_of(std::string_view text);

}  // namespace holter::heartbeat

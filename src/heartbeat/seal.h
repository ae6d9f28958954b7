// A datagram is sealed by writing the id of a key into it and, as its MAC, the HMAC-SHA-256 under that key of the whole
// datagram, padding included, with the MAC itself zero. Both directions: the type in the header says who speaks, so
// that nothing comes back as an answer to itself. docs/formats/pulse.md. Pure.
#pragma once

#include <span>

#include "heartbeat/client_key.h"

namespace holter::heartbeat {

// `datagram` is one that Pulse::emit made.
void seal(Hmac& hmac, const ClientKey& key, std::span<std::uint8_t> datagram);
// Whether that key sealed these bytes, as they are. Any bytes.
bool is_sealed(Hmac& hmac, const ClientKey& key, base::Bytes datagram);

}  // namespace holter::heartbeat

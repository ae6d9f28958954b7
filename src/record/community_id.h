// Community ID, version 1 (github.com/corelight/community-id-spec): one name for a conversation that Zeek, Suricata,
// Wireshark and others make as well, so that their records can be laid beside ours. Made from the ends and the protocol
// alone, the same whoever began; neither VLANs nor tunnels are part of it. Computed when somebody asks, never stored.
#pragma once

#include <cstdint>
#include <string>

#include "base/ip.h"
#include "record/traffic.h"

namespace holter::record {

// "1:LQU9qZlK+B5F3KDmev6m5PMibrg=". The ports of ICMP are type and code of a message from `source`; protocols without
// ports have none. Both addresses of one family.
std::string community_id(const base::Endpoint& source, const base::Endpoint& destination, std::uint8_t ip_protocol,
                         std::uint16_t seed = 0);

// Of a conversation; empty when its addresses are no addresses.
std::string community_id(const FlowRecord& flow, std::uint16_t seed = 0);

}  // namespace holter::record

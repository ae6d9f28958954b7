// The fields of an ICMPv6 message: errors and echoes (RFC 4443), neighbour discovery (RFC 4861), multicast listeners
// (RFC 2710, 3810). Constants; any thread.
#pragma once

#include "wire/network/icmp_extension_fields.h"

namespace holter::wire {

struct Icmpv6Fields {
  FieldInfo type{"type", FieldType::number, "what the message is"};
  FieldInfo code{"code", FieldType::number, "what kind of it"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses and message"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo id{"id", FieldType::number, "of an echo"};
  FieldInfo sequence{"sequence", FieldType::number, "of an echo"};
  FieldInfo mtu{"mtu", FieldType::number, "bytes that the next hop takes"};
  FieldInfo pointer{"pointer", FieldType::number, "the byte of the quoted packet that is wrong"};
  FieldInfo quoted_length{"quoted_length", FieldType::number, "bytes of the quote, 0 when not said (RFC 4884)"};
  FieldInfo cur_hop_limit{"cur_hop_limit", FieldType::number, "that hosts shall send with; 0 is not said"};
  FieldInfo managed{"managed", FieldType::flag, "addresses by DHCPv6"};
  FieldInfo other_config{"other_config", FieldType::flag, "other settings by DHCPv6"};
  FieldInfo home_agent{"home_agent", FieldType::flag, "the router is a home agent"};
  FieldInfo preference{"preference", FieldType::number, "as default router: 0 medium, 1 high, 3 low (RFC 4191)"};
  FieldInfo proxy{"proxy", FieldType::flag, "neighbour discovery is proxied (RFC 4389)"};
  FieldInfo router_lifetime{"router_lifetime", FieldType::number, "seconds as default router"};
  FieldInfo reachable_time{"reachable_time", FieldType::number, "ms; 0 is not said"};
  FieldInfo retrans_timer{"retrans_timer", FieldType::number, "ms between solicitations; 0 is not said"};
  FieldInfo router{"router", FieldType::flag, "who advertises is a router"};
  FieldInfo solicited{"solicited", FieldType::flag, "the advertisement is an answer"};
  FieldInfo override{"override", FieldType::flag, "it replaces what was known"};
  FieldInfo target{"target", FieldType::address, "who is sought or advertised; of a redirect, the better hop"};
  FieldInfo destination{"destination", FieldType::address, "what a redirect is for"};
  FieldInfo max_response{"max_response", FieldType::number, "ms to answer a listener query in"};
  FieldInfo group{"group", FieldType::address, "the group asked about, joined or left; :: is all"};
  FieldInfo suppress{"suppress", FieldType::flag, "other routers shall not take this query as news"};
  FieldInfo robustness{"robustness", FieldType::number, "the querier's robustness variable"};
  FieldInfo query_interval{"query_interval", FieldType::number, "the querier's, in seconds"};
  FieldInfo source_count{"source_count", FieldType::number, "sources asked about"};
  FieldInfo source{"source", FieldType::address, "asked about", Occurs::often};
  FieldInfo record_count{"record_count", FieldType::number, "records of a listener report"};
  FieldInfo record{"record", FieldType::group, "what the sender wants of one group", Occurs::often};
  FieldInfo record_type{"record.type", FieldType::number,
                        "1 includes, 2 excludes, 3 and 4 change to, 5 allows, 6 blocks"};
  FieldInfo record_aux_length{"record.aux_length", FieldType::number, "bytes of data behind the sources"};
  FieldInfo record_group{"record.group", FieldType::address, "the group"};
  FieldInfo record_source_count{"record.source_count", FieldType::number, "sources of the record"};
  FieldInfo record_source{"record.source", FieldType::address, "a source", Occurs::often};
  FieldInfo query_type{"query_type", FieldType::number, "what node information is asked for (RFC 4620)"};
  FieldInfo nonce{"nonce", FieldType::bytes, "of node information"};
  FieldInfo option{"option", FieldType::group, "an option of neighbour discovery", Occurs::often};
  FieldInfo option_type{"option.type", FieldType::number, "which"};
  FieldInfo option_name{"option.name", FieldType::word, "its name, where it has one"};
  FieldInfo option_length{"option.length", FieldType::number, "bytes, type and length included"};
  FieldInfo mac{"option.mac", FieldType::mac, "link-layer address of source or target"};
  FieldInfo prefix_length{"option.prefix_length", FieldType::number, "bits of the prefix"};
  FieldInfo on_link{"option.on_link", FieldType::flag, "the prefix is on this link"};
  FieldInfo autonomous{"option.autonomous", FieldType::flag, "hosts may make addresses of it"};
  FieldInfo router_address{"option.router_address", FieldType::flag, "the prefix is the router's whole address"};
  FieldInfo route_preference{"option.preference", FieldType::number, "of the route: 0 medium, 1 high, 3 low"};
  FieldInfo valid_lifetime{"option.valid_lifetime", FieldType::number, "seconds; 4,294,967,295 is for ever"};
  FieldInfo preferred_lifetime{"option.preferred_lifetime", FieldType::number, "seconds"};
  FieldInfo lifetime{"option.lifetime", FieldType::number, "seconds that route, servers or names are good for"};
  FieldInfo prefix{"option.prefix", FieldType::address, "of a link or a route"};
  FieldInfo option_mtu{"option.mtu", FieldType::number, "bytes, of the link"};
  FieldInfo server{"option.server", FieldType::address, "recursive DNS server (RFC 8106)", Occurs::often};
  FieldInfo domain{"option.domain", FieldType::text, "DNS search name (RFC 8106)", Occurs::often};
  FieldInfo option_nonce{"option.nonce", FieldType::bytes, "of a solicitation and its answer (RFC 3971)"};
  FieldInfo portal{"option.portal", FieldType::text, "URI of the captive portal (RFC 8910)"};
  FieldInfo redirected_length{"option.redirected_length", FieldType::number, "bytes of the packet that was redirected"};
  FieldInfo option_bytes{"option.bytes", FieldType::bytes, "what an option without fields of its own holds"};
  IcmpExtensionFields extension;
  FieldInfo quoted{"quoted", FieldType::group, "the packet that an error is about"};
};
inline constexpr Icmpv6Fields kIcmpv6Fields;

}  // namespace holter::wire

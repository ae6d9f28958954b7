// The fields of IPv6 extension headers (RFC 8200, 4). Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

// Hop-by-hop and destination options.
struct Ipv6OptionsFields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo option{"option", FieldType::group, "an option, padding included", Occurs::often};
  FieldInfo option_type{"option.type", FieldType::number, "which, with its action"};
  FieldInfo option_name{"option.name", FieldType::word, "its name, where it has one"};
  FieldInfo action{"option.action", FieldType::number, "of who does not know it: 0 skips, 1 drops, 2 and 3 tell"};
  FieldInfo may_change{"option.may_change", FieldType::flag, "may change on the way"};
  FieldInfo option_length{"option.length", FieldType::number, "bytes of its value"};
  FieldInfo router_alert{"option.router_alert", FieldType::number, "0 MLD, 1 RSVP, 2 active networks (RFC 2711)"};
  FieldInfo jumbo_length{"option.jumbo_length", FieldType::number, "bytes behind the fixed header (RFC 2675)"};
  FieldInfo home_address{"option.home_address", FieldType::address, "of a mobile node (RFC 6275)"};
  FieldInfo tunnel_limit{"option.tunnel_limit", FieldType::number, "tunnels it may still enter (RFC 2473)"};
  FieldInfo option_bytes{"option.bytes", FieldType::bytes, "what an option without fields of its own holds"};
};
inline constexpr Ipv6OptionsFields kIpv6OptionsFields;

struct Ipv6RoutingFields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo type{"type", FieldType::number, "0 source route, 2 mobile, 3 RPL (RFC 6554), 4 segments (RFC 8754)"};
  FieldInfo segments_left{"segments_left", FieldType::number, "hops of the list still to be visited"};
  FieldInfo last_entry{"last_entry", FieldType::number, "index of the last segment; type 4"};
  FieldInfo flags{"flags", FieldType::number, "of type 4"};
  FieldInfo tag{"tag", FieldType::number, "of type 4"};
  FieldInfo prefix_elided{"prefix_elided", FieldType::number, "bytes left out of all addresses but the last; type 3"};
  FieldInfo last_elided{"last_elided", FieldType::number, "bytes left out of the last address; type 3"};
  FieldInfo address{"address", FieldType::address, "a hop, in the order of the wire, made whole", Occurs::often};
  FieldInfo tlv{"tlv", FieldType::group, "behind the segments of type 4", Occurs::often};
  FieldInfo tlv_type{"tlv.type", FieldType::number, "which"};
  FieldInfo tlv_length{"tlv.length", FieldType::number, "bytes of its value"};
  FieldInfo tlv_bytes{"tlv.bytes", FieldType::bytes, "its value"};
};
inline constexpr Ipv6RoutingFields kIpv6RoutingFields;

struct Ipv6FragmentFields {
  FieldInfo next_header{"next_header", FieldType::number, "what the whole packet carries"};
  FieldInfo offset{"offset", FieldType::number, "in bytes"};
  FieldInfo more_fragments{"more_fragments", FieldType::flag, "others follow"};
  FieldInfo id{"id", FieldType::number, "identification of fragments"};
};
inline constexpr Ipv6FragmentFields kIpv6FragmentFields;

}  // namespace holter::wire

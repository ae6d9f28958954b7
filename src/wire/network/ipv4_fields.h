// The fields of an IPv4 header (RFC 791) and of its options (ipv4_options.h). Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct Ipv4Fields {
  FieldInfo header_length{"header_length", FieldType::number, "bytes"};
  FieldInfo dscp{"dscp", FieldType::number, "differentiated services code point"};
  FieldInfo ecn{"ecn", FieldType::number, "explicit congestion notification"};
  FieldInfo total_length{"total_length", FieldType::number, "of header and payload"};
  FieldInfo id{"id", FieldType::number, "identification of fragments"};
  FieldInfo reserved_flag{"reserved_flag", FieldType::flag, "the bit that must be 0"};
  FieldInfo do_not_fragment{"do_not_fragment", FieldType::flag, "must not be cut"};
  FieldInfo more_fragments{"more_fragments", FieldType::flag, "others follow"};
  FieldInfo fragment_offset{"fragment_offset", FieldType::number, "in bytes"};
  FieldInfo ttl{"ttl", FieldType::number, "time to live"};
  FieldInfo protocol{"protocol", FieldType::number, "what follows: 6 is TCP"};
  FieldInfo checksum{"checksum", FieldType::number, "of the header"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo src{"src", FieldType::address, "source"};
  FieldInfo dst{"dst", FieldType::address, "destination"};
  FieldInfo option{"option", FieldType::group, "an option, padding included", Occurs::often};
  FieldInfo option_kind{"option.kind", FieldType::number, "which, with its copy bit and class"};
  FieldInfo option_name{"option.name", FieldType::word, "its name, where it has one"};
  FieldInfo option_length{"option.length", FieldType::number, "bytes, kind and length included"};
  FieldInfo pointer{"option.pointer", FieldType::number, "where the next entry goes, from 1 at the kind"};
  FieldInfo option_flag{"option.flag", FieldType::number, "of timestamps: 0 alone, 1 with addresses, 3 asked of some"};
  FieldInfo overflow{"option.overflow", FieldType::number, "hosts that found no room for their timestamp"};
  FieldInfo address{"option.address", FieldType::address, "a hop of a route or of timestamps", Occurs::often};
  FieldInfo timestamp{"option.timestamp", FieldType::number, "ms since midnight UTC, as a hop says", Occurs::often};
  FieldInfo router_alert{"option.router_alert", FieldType::number, "0: every router looks at it (RFC 2113)"};
  FieldInfo stream_id{"option.stream_id", FieldType::number, "of SATNET"};
  FieldInfo classification{"option.classification", FieldType::number, "level of security (RFC 1108)"};
  FieldInfo interpretation{"option.interpretation", FieldType::number, "domain of interpretation of a CIPSO label"};
  FieldInfo probed_mtu{"option.mtu", FieldType::number, "bytes, of MTU discovery (RFC 1063)"};
  FieldInfo option_bytes{"option.bytes", FieldType::bytes, "what an option without fields of its own holds"};
};
inline constexpr Ipv4Fields kIpv4Fields;

}  // namespace holter::wire

// The fields of an ICMP message (RFC 792 and after). Constants; any thread.
#pragma once

#include "wire/network/icmp_extension_fields.h"

namespace holter::wire {

struct IcmpFields {
  FieldInfo type{"type", FieldType::number, "what the message is"};
  FieldInfo code{"code", FieldType::number, "what kind of it"};
  FieldInfo checksum{"checksum", FieldType::number, "over the message"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo id{"id", FieldType::number, "of a question and its answer"};
  FieldInfo sequence{"sequence", FieldType::number, "of a question and its answer"};
  FieldInfo gateway{"gateway", FieldType::address, "the router that a redirect names"};
  FieldInfo pointer{"pointer", FieldType::number, "the byte of the quoted packet that is wrong"};
  FieldInfo mtu{"mtu", FieldType::number, "bytes that the next hop takes (RFC 1191)"};
  FieldInfo quoted_length{"quoted_length", FieldType::number, "bytes of the quote, 0 when not said (RFC 4884)"};
  FieldInfo originate_timestamp{"originate_timestamp", FieldType::number, "ms since midnight UTC, when asked"};
  FieldInfo receive_timestamp{"receive_timestamp", FieldType::number, "the same, when the question came"};
  FieldInfo transmit_timestamp{"transmit_timestamp", FieldType::number, "the same, when the answer went"};
  FieldInfo address_mask{"address_mask", FieldType::address, "of the network (RFC 950)"};
  FieldInfo router_count{"router_count", FieldType::number, "routers of an advertisement (RFC 1256)"};
  FieldInfo entry_size{"entry_size", FieldType::number, "32-bit words of each"};
  FieldInfo lifetime{"lifetime", FieldType::number, "seconds that the advertisement is good for"};
  FieldInfo router{"router", FieldType::address, "an advertised router", Occurs::often};
  FieldInfo preference{"preference", FieldType::signed_number, "of that router as default", Occurs::often};
  FieldInfo local{"local", FieldType::flag, "an extended echo is about an interface of the one asked (RFC 8335)"};
  FieldInfo state{"state", FieldType::number, "of a neighbour, in an extended reply"};
  FieldInfo active{"active", FieldType::flag, "the interface is up"};
  IcmpExtensionFields extension;
  FieldInfo quoted{"quoted", FieldType::group, "the packet that an error is about"};
};
inline constexpr IcmpFields kIcmpFields;

}  // namespace holter::wire

// DHCPv6 (RFC 8415): messages and their options, identity associations with what they hold, and relayed messages inside
// each other. Each option is read the first time it occurs (identity associations every time); others are listed by
// their code.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

struct Dhcpv6Fields {
  FieldInfo type{"type", FieldType::number, "1 SOLICIT, 2 ADVERTISE, 3 REQUEST, 7 REPLY, 12 RELAY-FORW"};
  FieldInfo transaction_id{"transaction_id", FieldType::number, "of the exchange"};
  FieldInfo hop_count{"hop_count", FieldType::number, "relays that were passed"};
  FieldInfo link_address{"link_address", FieldType::address, "of the link that the client is on"};
  FieldInfo peer_address{"peer_address", FieldType::address, "who the relay had it from"};
  FieldInfo option{"option", FieldType::number, "codes of the options in their order", Occurs::often};
  FieldInfo client_duid_type{"client_duid_type", FieldType::number, "1 LLT, 2 EN, 3 LL, 4 UUID"};
  FieldInfo client_duid{"client_duid", FieldType::bytes, "option 1, whole"};
  FieldInfo client_mac{"client_mac", FieldType::mac, "in the client's DUID"};
  FieldInfo server_duid_type{"server_duid_type", FieldType::number, "1 LLT, 2 EN, 3 LL, 4 UUID"};
  FieldInfo server_duid{"server_duid", FieldType::bytes, "option 2, whole"};
  FieldInfo server_mac{"server_mac", FieldType::mac, "in the server's DUID"};
  FieldInfo ia{"ia", FieldType::group, "an identity association", Occurs::often};
  FieldInfo ia_type{"ia.type", FieldType::number, "option: 3 IA_NA, 4 IA_TA, 25 IA_PD"};
  FieldInfo ia_id{"ia.id", FieldType::number, "chosen by the client"};
  FieldInfo ia_t1{"ia.t1", FieldType::number, "renew after seconds"};
  FieldInfo ia_t2{"ia.t2", FieldType::number, "rebind after seconds"};
  FieldInfo ia_address{"ia.address", FieldType::group, "an address", Occurs::often};
  FieldInfo ia_address_ip{"ia.address.ip", FieldType::address, "the address"};
  FieldInfo ia_address_preferred{"ia.address.preferred", FieldType::number, "seconds"};
  FieldInfo ia_address_valid{"ia.address.valid", FieldType::number, "seconds"};
  FieldInfo ia_prefix{"ia.prefix", FieldType::group, "a delegated prefix", Occurs::often};
  FieldInfo ia_prefix_preferred{"ia.prefix.preferred", FieldType::number, "seconds"};
  FieldInfo ia_prefix_valid{"ia.prefix.valid", FieldType::number, "seconds"};
  FieldInfo ia_prefix_length{"ia.prefix.length", FieldType::number, "bits"};
  FieldInfo ia_prefix_ip{"ia.prefix.ip", FieldType::address, "the first address of the prefix"};
  FieldInfo ia_status{"ia.status", FieldType::number, "0 is success, 2 no addresses, 6 no prefix"};
  FieldInfo ia_message{"ia.message", FieldType::text, "the status in words"};
  FieldInfo requested_option{"requested_option", FieldType::number, "6, what the client asks for", Occurs::often};
  FieldInfo preference{"preference", FieldType::number, "7"};
  FieldInfo elapsed_time{"elapsed_time", FieldType::number, "8, hundredths of a second since the client began"};
  FieldInfo status{"status", FieldType::number, "13; 0 is success"};
  FieldInfo message{"message", FieldType::text, "13, the status in words"};
  FieldInfo vendor_enterprise{"vendor_enterprise", FieldType::number, "16, whose classes these are"};
  FieldInfo vendor_class{"vendor_class", FieldType::text, "16, what the client is", Occurs::often};
  FieldInfo interface_id{"interface_id", FieldType::bytes, "18, the relay's own name of the link"};
  FieldInfo dns_server{"dns_server", FieldType::address, "23", Occurs::often};
  FieldInfo domain{"domain", FieldType::text, "24, where names are searched", Occurs::often};
  FieldInfo fqdn_flags{"fqdn_flags", FieldType::number, "39 (RFC 4704)"};
  FieldInfo fqdn{"fqdn", FieldType::text, "39, the client's name"};
  FieldInfo relayed{"relayed", FieldType::group, "9, the message in a relayed one"};
};
inline constexpr Dhcpv6Fields kDhcpv6Fields;

inline constexpr std::uint16_t kDhcpv6ClientPort = 546;
inline constexpr std::uint16_t kDhcpv6ServerPort = 547;
inline constexpr unsigned kMaxDhcpv6Relays = 8;  // HOP_COUNT_LIMIT of RFC 8415

void list_dhcpv6(Payload payload);

}  // namespace holter::wire

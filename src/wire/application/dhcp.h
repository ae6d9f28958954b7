// DHCP for IPv4 (RFC 2131, options of RFC 2132 and later) and BOOTP, which is the same without options. An option that
// is read has a field of its own, the first time it occurs; every other is listed with its code and first bytes. The
// fields sname and file hold options too when option 52 says so.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

struct DhcpFields {
  FieldInfo op{"op", FieldType::number, "1 is a request, 2 a reply"};
  FieldInfo hardware_type{"hardware_type", FieldType::number, "1 is Ethernet"};
  FieldInfo hardware_length{"hardware_length", FieldType::number, "bytes of the client's address"};
  FieldInfo hops{"hops", FieldType::number, "relays that were passed"};
  FieldInfo id{"id", FieldType::number, "of the exchange, chosen by the client"};
  FieldInfo seconds{"seconds", FieldType::number, "since the client began"};
  FieldInfo flags{"flags", FieldType::number, "all sixteen bits"};
  FieldInfo broadcast{"broadcast", FieldType::flag, "the client wants the reply by broadcast"};
  FieldInfo client_address{"client_address", FieldType::address, "what the client has (ciaddr)"};
  FieldInfo your_address{"your_address", FieldType::address, "what the client gets (yiaddr)"};
  FieldInfo next_server{"next_server", FieldType::address, "where to boot from (siaddr)"};
  FieldInfo relay_address{"relay_address", FieldType::address, "the relay that was passed (giaddr)"};
  FieldInfo client_mac{"client_mac", FieldType::mac, "the client's, over Ethernet (chaddr)"};
  FieldInfo client_hardware{"client_hardware", FieldType::bytes, "the client's address on other hardware (chaddr)"};
  FieldInfo server_name{"server_name", FieldType::text, "sname"};
  FieldInfo file{"file", FieldType::text, "to boot from"};

  FieldInfo option{"option", FieldType::number, "codes of the options in their order", Occurs::often};
  FieldInfo message_type{"message_type", FieldType::number, "53; 1 DISCOVER, 2 OFFER, 3 REQUEST, 5 ACK, 6 NAK"};
  FieldInfo subnet_mask{"subnet_mask", FieldType::address, "1"};
  FieldInfo router{"router", FieldType::address, "3", Occurs::often};
  FieldInfo dns_server{"dns_server", FieldType::address, "6", Occurs::often};
  FieldInfo hostname{"hostname", FieldType::text, "12, the client's name"};
  FieldInfo domain_name{"domain_name", FieldType::text, "15"};
  FieldInfo mtu{"mtu", FieldType::number, "26, of the interface"};
  FieldInfo broadcast_address{"broadcast_address", FieldType::address, "28"};
  FieldInfo ntp_server{"ntp_server", FieldType::address, "42", Occurs::often};
  FieldInfo requested_address{"requested_address", FieldType::address, "50"};
  FieldInfo lease_time{"lease_time", FieldType::number, "51, seconds"};
  FieldInfo overload{"overload", FieldType::number, "52; options in 1 file, 2 sname, 3 both"};
  FieldInfo server_id{"server_id", FieldType::address, "54, who offers"};
  FieldInfo requested_option{"requested_option", FieldType::number, "55, what the client asks for", Occurs::often};
  FieldInfo message{"message", FieldType::text, "56, why not"};
  FieldInfo max_message_size{"max_message_size", FieldType::number, "57, bytes"};
  FieldInfo renewal_time{"renewal_time", FieldType::number, "58, seconds"};
  FieldInfo rebinding_time{"rebinding_time", FieldType::number, "59, seconds"};
  FieldInfo vendor_class{"vendor_class", FieldType::text, "60, what the client is"};
  FieldInfo client_id_type{"client_id_type", FieldType::number, "61; 1 is a MAC, 255 a DUID"};
  FieldInfo client_id{"client_id", FieldType::bytes, "61, behind the type"};
  FieldInfo tftp_server{"tftp_server", FieldType::text, "66"};
  FieldInfo boot_file{"boot_file", FieldType::text, "67"};
  FieldInfo fqdn_flags{"fqdn_flags", FieldType::number, "81 (RFC 4702)"};
  FieldInfo fqdn{"fqdn", FieldType::text, "81, the client's whole name in plain text"};
  FieldInfo other_option{"other_option", FieldType::group, "an option that has no field, or had it", Occurs::often};
  FieldInfo other_code{"other_option.code", FieldType::number, "its number"};
  FieldInfo other_length{"other_option.length", FieldType::number, "bytes"};
  FieldInfo other_data{"other_option.data", FieldType::bytes, "the first 64"};
};
inline constexpr DhcpFields kDhcpFields;

inline constexpr std::uint16_t kDhcpServerPort = 67;
inline constexpr std::uint16_t kDhcpClientPort = 68;

void list_dhcp(Payload payload);

}  // namespace holter::wire

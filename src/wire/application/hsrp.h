// HSRP, by which Cisco's routers agree on who speaks for a virtual one: version 1 (RFC 2281; UDP 1985 to 224.0.0.2)
// and version 2 (a list of TLVs; to 224.0.0.102, for IPv6 UDP 2029 to ff02::66), with their authentication in clear
// and by MD5. Of a message with several TLVs of one type the first is listed. The numbers of `state` are those of the
// version.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

struct HsrpFields {
  FieldInfo version{"version", FieldType::number, "0 is HSRPv1, 2 is HSRPv2"};
  FieldInfo opcode{"opcode", FieldType::number, "0 hello, 1 coup, 2 resign, 3 advertisement of the interface"};
  FieldInfo state{"state", FieldType::number, "of the sender; v1: 16 active, 8 standby, 4 speak; v2: 6, 5, 4"};
  FieldInfo hello_time{"hello_time", FieldType::decimal, "seconds between hellos"};
  FieldInfo hold_time{"hold_time", FieldType::decimal, "seconds for which a hello is believed"};
  FieldInfo priority{"priority", FieldType::number, "the highest becomes active"};
  FieldInfo group{"group", FieldType::number, "of routers"};
  FieldInfo password{"password", FieldType::text, "authentication in clear"};
  FieldInfo virtual_ip{"virtual_ip", FieldType::address, "that the active router answers for"};
  FieldInfo ip_version{"ip_version", FieldType::number, "of the group, v2"};
  FieldInfo sender_mac{"sender_mac", FieldType::mac, "of the sender's interface, v2"};
  FieldInfo interface_state{"interface_state", FieldType::number, "v1: 3 active in a group, 2 passive, 1 dormant"};
  FieldInfo active_groups{"active_groups", FieldType::number, "in which the sender is active"};
  FieldInfo passive_groups{"passive_groups", FieldType::number, "in which it is not"};
  FieldInfo md5_algorithm{"md5_algorithm", FieldType::number, "1 is MD5"};
  FieldInfo md5_flags{"md5_flags", FieldType::number, "of the authentication"};
  FieldInfo md5_address{"md5_address", FieldType::address, "the sender's, IPv4"};
  FieldInfo md5_key_id{"md5_key_id", FieldType::number, "which key it is"};
  FieldInfo md5_digest{"md5_digest", FieldType::bytes, "of message and key"};
};
inline constexpr HsrpFields kHsrpFields;

inline constexpr std::uint16_t kHsrpPort = 1'985;
inline constexpr std::uint16_t kHsrpPort6 = 2'029;

inline constexpr std::uint8_t kHsrpVersion1 = 0;
inline constexpr std::uint8_t kHsrpVersion2 = 2;
inline constexpr std::uint8_t kHsrpHello = 0;
inline constexpr std::uint8_t kHsrpActive1 = 16;  // `state` of the active router in version 1
inline constexpr std::uint8_t kHsrpActive2 = 6;   // and in version 2

// False, and nothing listed: it is no HSRP.
bool list_hsrp(Payload payload);

}  // namespace holter::wire

// What LLDP says: its fields, and the rows by which TLVs of organisations are read, which are many. Constants and pure
// functions.
#pragma once

#include "wire/field_list.h"
#include "wire/window.h"

namespace holter::wire {

struct LldpFields {
  FieldInfo tlv{"tlv", FieldType::group, "one piece of what the sender says", Occurs::often};
  FieldInfo type{"tlv.type", FieldType::number, "1 chassis, 2 port, 3 time to live, 127 of an organisation"};
  FieldInfo length{"tlv.length", FieldType::number, "bytes of its value"};
  FieldInfo chassis_subtype{"tlv.chassis_subtype", FieldType::number, "what names the chassis: 4 is a MAC"};
  FieldInfo chassis_mac{"tlv.chassis_mac", FieldType::mac, "the chassis, by a MAC"};
  FieldInfo chassis_address{"tlv.chassis_address", FieldType::address, "the chassis, by an address"};
  FieldInfo chassis_id{"tlv.chassis_id", FieldType::text, "the chassis, by a name"};
  FieldInfo port_subtype{"tlv.port_subtype", FieldType::number, "what names the port: 5 is the interface's name"};
  FieldInfo port_mac{"tlv.port_mac", FieldType::mac, "the port, by a MAC"};
  FieldInfo port_address{"tlv.port_address", FieldType::address, "the port, by an address"};
  FieldInfo port_id{"tlv.port_id", FieldType::text, "the port, by a name"};
  FieldInfo ttl{"tlv.ttl", FieldType::number, "seconds for which all this holds; 0: the sender goes"};
  FieldInfo port_description{"tlv.port_description", FieldType::text, "the port in words"};
  FieldInfo system_name{"tlv.system_name", FieldType::text, "the system's name"};
  FieldInfo system_description{"tlv.system_description", FieldType::text, "the system in words"};
  FieldInfo capabilities{"tlv.capabilities", FieldType::number, "what it can: 4 is a bridge, 16 a router"};
  FieldInfo enabled_capabilities{"tlv.enabled_capabilities", FieldType::number, "what of it is switched on"};
  FieldInfo management_subtype{"tlv.management_subtype", FieldType::number, "1 IPv4, 2 IPv6, 6 a MAC"};
  FieldInfo management_address{"tlv.management_address", FieldType::address, "where it is managed"};
  FieldInfo management_mac{"tlv.management_mac", FieldType::mac, "where it is managed"};
  FieldInfo management_bytes{"tlv.management_bytes", FieldType::bytes, "the same, of another family"};
  FieldInfo interface_subtype{"tlv.interface_subtype", FieldType::number, "what numbers it: 2 ifIndex, 3 the port"};
  FieldInfo interface_number{"tlv.interface_number", FieldType::number, "of the management address"};
  FieldInfo object_id{"tlv.object_id", FieldType::bytes, "of the management address"};
  FieldInfo oui{"tlv.oui", FieldType::number, "the organisation"};
  FieldInfo subtype{"tlv.subtype", FieldType::number, "of the organisation"};
  FieldInfo pvid{"tlv.pvid", FieldType::number, "802.1: VLAN of untagged frames"};
  FieldInfo protocol_vlan_flags{"tlv.protocol_vlan_flags", FieldType::number, "802.1: 2 supported, 4 enabled"};
  FieldInfo protocol_vlan{"tlv.protocol_vlan", FieldType::number, "802.1: port and protocol VLAN"};
  FieldInfo vlan_id{"tlv.vlan_id", FieldType::number, "802.1: the VLAN that is named"};
  FieldInfo vlan_name{"tlv.vlan_name", FieldType::text, "802.1: its name"};
  FieldInfo protocol_identity{"tlv.protocol_identity", FieldType::bytes, "802.1: how a protocol's frames begin"};
  FieldInfo aggregation_status{"tlv.aggregation_status", FieldType::number, "1 can be aggregated, 2 is"};
  FieldInfo aggregated_port{"tlv.aggregated_port", FieldType::number, "the aggregate's number"};
  FieldInfo autonegotiation{"tlv.autonegotiation", FieldType::number, "802.3: 1 supported, 2 enabled"};
  FieldInfo advertised{"tlv.advertised", FieldType::number, "802.3: what is advertised in autonegotiation"};
  FieldInfo mau_type{"tlv.mau_type", FieldType::number, "802.3: operational MAU type"};
  FieldInfo power_support{"tlv.power_support", FieldType::number, "802.3: 1 gives power, 2 can, 4 does, 8 pairs"};
  FieldInfo power_pair{"tlv.power_pair", FieldType::number, "802.3: 1 signal, 2 spare"};
  FieldInfo power_class{"tlv.power_class", FieldType::number, "802.3: class plus 1"};
  FieldInfo power_type{"tlv.power_type", FieldType::number, "802.3: 0 and 2 give power, 1 and 3 take it"};
  FieldInfo power_source{"tlv.power_source", FieldType::number, "802.3: where it comes from"};
  FieldInfo power_priority{"tlv.power_priority", FieldType::number, "802.3: 1 critical, 2 high, 3 low"};
  FieldInfo power_requested{"tlv.power_requested", FieldType::number, "802.3: tenths of a watt"};
  FieldInfo power_allocated{"tlv.power_allocated", FieldType::number, "802.3: tenths of a watt"};
  FieldInfo max_frame{"tlv.max_frame", FieldType::number, "802.3: bytes of the largest frame"};
  FieldInfo value{"tlv.value", FieldType::bytes, "of a TLV that is not read further"};
};
inline constexpr LldpFields kLldpFields;

// A TLV whose value has its least length, and what lists it. `number` is the type, or the subtype of an organisation.
struct LldpRow {
  std::uint8_t number;
  std::uint16_t least;
  void (*list)(Bytes value, FieldList& out);
};

// Of organisational TLVs; null when not read. The value is behind OUI and subtype.
const LldpRow* find_organisational(std::uint32_t oui, std::uint8_t subtype);

}  // namespace holter::wire

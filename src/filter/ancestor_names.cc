#include "filter/ancestor_names.h"

#include <algorithm>
#include <array>

namespace holter::filter {
namespace {

constexpr std::string_view kTimes = "no filter asks for a moment";
constexpr std::string_view kEncoded = "what it says is in fields of their own";

constexpr auto kNames = std::to_array<AncestorName>({
    {"Info", "", "", "every packet has it"},
    {"Info", "Size", "length"},
    {"Info", "Sniffed_Timestamp", "", kTimes},
    {"Info", "Processed_Timestamp", "", kTimes},
    {"Info", "Submitted_Timestamp", "", kTimes},

    {"AF_Packet", "", "ethernet"},
    {"AF_Packet", "Interface_Name", "interface"},
    {"AF_Packet", "Ethernet_Protocol_Number", "ethernet.type"},
    {"AF_Packet", "Packet_Type", "direction"},
    {"AF_Packet", "ARP_Hardware_Address_Type", "", "holter asks for 'frame.link_type'"},
    {"AF_Packet", "Hardware_Physical_Address", "ethernet.src"},

    {"Packet_802_3", "", "ethernet"},
    {"Packet_802_3", "Destination_MAC", "ethernet.dst"},
    {"Packet_802_3", "Source_MAC", "ethernet.src"},
    {"Packet_802_3", "Ethertype", "ethernet.type"},

    {"Packet_802_2", "", "llc"},
    {"Packet_802_2", "DSAP", "llc.dsap"},
    {"Packet_802_2", "SSAP", "llc.ssap"},
    {"Packet_802_2", "Control", "llc.control"},
    {"SNAP_Ext", "", "snap"},
    {"SNAP_Ext", "OUI", "snap.oui"},
    {"SNAP_Ext", "Protocol_ID", "snap.type"},
    {"LSAP_One", "", "", "ask 'llc.dsap' and 'llc.ssap'"},

    {"IPv4", "", "ipv4"},
    {"IPv4", "Version", "ipv4", {}, 1, 4},
    {"IPv4", "IHL", "ipv4.header_length", {}, 4},
    {"IPv4", "DSCP", "ipv4.dscp"},
    {"IPv4", "ECN", "ipv4.ecn"},
    {"IPv4", "Total_Length", "ipv4.total_length"},
    {"IPv4", "Identification", "ipv4.id"},
    {"IPv4", "Flags", "ipv4.reserved_flag,ipv4.do_not_fragment,ipv4.more_fragments"},
    {"IPv4", "Fragment_Offset", "ipv4.fragment_offset", {}, 8},
    {"IPv4", "TTL", "ipv4.ttl"},
    {"IPv4", "Protocol", "ipv4.protocol"},
    {"IPv4", "Header_Checksum", "ipv4.checksum"},
    {"IPv4", "Source_Address", "ipv4.src"},
    {"IPv4", "Destination_Address", "ipv4.dst"},
    {"IPv4", "Options", "", kEncoded},

    {"IPv6", "", "ipv6"},
    {"IPv6", "Version", "ipv6", {}, 1, 6},
    {"IPv6", "DS", "ipv6.dscp"},
    {"IPv6", "ECN", "ipv6.ecn"},
    {"IPv6", "Flow_Label", "ipv6.flow_label"},
    {"IPv6", "Payload_Length", "ipv6.payload_length"},
    {"IPv6", "Next_Header", "ipv6.next_header"},
    {"IPv6", "Hop_Limit", "ipv6.hop_limit"},
    {"IPv6", "Source_Address", "ipv6.src"},
    {"IPv6", "Destination_Address", "ipv6.dst"},
    {"IPv6", "Ext_Headers", "", kEncoded},

    {"ARP", "", "arp"},
    {"ARP", "HTYPE", "arp.hardware_type"},
    {"ARP", "PTYPE", "arp.protocol_type"},
    {"ARP", "HLEN", "arp.hardware_length"},
    {"ARP", "PLEN", "arp.protocol_length"},
    {"ARP", "Operation", "arp.operation"},
    {"ARP", "SHA", "arp.sender_mac"},
    {"ARP", "SPA", "arp.sender"},
    {"ARP", "THA", "arp.target_mac"},
    {"ARP", "TPA", "arp.target"},

    {"LLDP", "", "lldp"},
    {"LLDP", "TLV", "", kEncoded},
    {"CDP", "", "cdp"},

    {"ICMP", "", "icmp"},
    {"ICMP", "Type", "icmp.type"},
    {"ICMP", "Code", "icmp.code"},
    {"ICMP", "Checksum", "icmp.checksum"},
    {"ICMP", "Message", "", kEncoded},
    {"ICMPv6", "", "icmpv6"},
    {"ICMPv6", "Type", "icmpv6.type"},
    {"ICMPv6", "Code", "icmpv6.code"},
    {"ICMPv6", "Checksum", "icmpv6.checksum"},
    {"ICMPv6", "Message", "", kEncoded},
    {"IGMP", "", "igmp"},
    {"IGMP", "Type", "igmp.type"},
    {"IGMP", "Max_Response_Time", "igmp.max_response"},
    {"IGMP", "Checksum", "igmp.checksum"},
    {"IGMP", "Group_Address", "igmp.group"},

    {"TCP", "", "tcp"},
    {"TCP", "Source_Port", "tcp.src_port"},
    {"TCP", "Destination_Port", "tcp.dst_port"},
    {"TCP", "Sequence_Number", "tcp.sequence"},
    {"TCP", "Acknowledgement_Number", "tcp.acknowledgment"},
    {"TCP", "Data_Offset", "tcp.header_length", {}, 4},
    {"TCP", "Reserved", "", "its bits are not kept"},
    {"TCP", "Flags.NS", "tcp.ns"},
    {"TCP", "Flags.CWR", "tcp.cwr"},
    {"TCP", "Flags.ECE", "tcp.ece"},
    {"TCP", "Flags.URG", "tcp.urg"},
    {"TCP", "Flags.ACK", "tcp.ack"},
    {"TCP", "Flags.PSH", "tcp.psh"},
    {"TCP", "Flags.RST", "tcp.rst"},
    {"TCP", "Flags.SYN", "tcp.syn"},
    {"TCP", "Flags.FIN", "tcp.fin"},
    {"TCP", "Window_Size", "tcp.window"},
    {"TCP", "Checksum", "tcp.checksum"},
    {"TCP", "Urgent_Pointer", "tcp.urgent_pointer"},
    {"TCP", "Options", "", kEncoded},
    {"TCP", "Payload_Size", "tcp.payload_length"},

    {"UDP", "", "udp"},
    {"UDP", "Source_Port", "udp.src_port"},
    {"UDP", "Destination_Port", "udp.dst_port"},
    {"UDP", "Length", "udp.length"},
    {"UDP", "Checksum", "udp.checksum"},
    {"UDP", "Payload_Size", "udp.payload_length"},

    {"Unknown", "", "",
     "holter counts what it does not know by layer and number; ask 'ethernet.type' or 'ip.protocol'"},
});

struct Value {
  std::string_view theirs;
  std::string_view ours;
};
constexpr auto kValues = std::to_array<Value>({{"PACKET_HOST", "host"},
                                               {"PACKET_OUTGOING", "outgoing"},
                                               {"PACKET_BROADCAST", "broadcast"},
                                               {"PACKET_MULTICAST", "multicast"},
                                               {"PACKET_OTHERHOST", "other_host"}});

}  // namespace

std::span<const AncestorName> ancestor_names() { return kNames; }

const AncestorName* find_ancestor_name(std::string_view layer, std::string_view attribute) {
  const auto* const found = std::ranges::find_if(
      kNames, [&](const AncestorName& row) { return row.layer == layer && row.attribute == attribute; });
  return found == kNames.end() ? nullptr : found;
}

std::optional<std::string_view> ancestor_value(std::string_view value) {
  const auto* const found = std::ranges::find(kValues, value, &Value::theirs);
  if (found == kValues.end()) return std::nullopt;
  return found->ours;
}

}  // namespace holter::filter

// Spanning tree BPDUs: STP, RSTP and MSTP (IEEE 802.1Q clause 14), and Cisco's per-VLAN ones, which add the VLAN behind
// the BPDU. A bridge is named by priority (4 bits), system id extension (12) and MAC; times are in 1/256 s. A BPDU of
// another type, as of 802.1aq, is listed as far as its four first bytes.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct StpFields {
  FieldInfo protocol{"protocol", FieldType::number, "0 is spanning tree"};
  FieldInfo version{"version", FieldType::number, "0 STP, 2 RSTP, 3 MSTP"};
  FieldInfo type{"type", FieldType::number, "0 configuration, 2 RST or MST, 128 topology change"};
  FieldInfo flags{"flags", FieldType::number, "all of them"};
  FieldInfo topology_change_ack{"topology_change_ack", FieldType::flag, "the change is known"};
  FieldInfo agreement{"agreement", FieldType::flag, "the proposal is agreed to"};
  FieldInfo forwarding{"forwarding", FieldType::flag, "the port forwards"};
  FieldInfo learning{"learning", FieldType::flag, "the port learns"};
  FieldInfo port_role{"port_role", FieldType::number, "1 alternate or backup, 2 root, 3 designated"};
  FieldInfo proposal{"proposal", FieldType::flag, "the port wants to forward"};
  FieldInfo topology_change{"topology_change", FieldType::flag, "the tree changes"};
  FieldInfo root_priority{"root_priority", FieldType::number, "of the root bridge, in steps of 4096"};
  FieldInfo root_extension{"root_extension", FieldType::number, "system id extension of the root: its VLAN"};
  FieldInfo root_mac{"root_mac", FieldType::mac, "the root bridge"};
  FieldInfo root_cost{"root_cost", FieldType::number, "of the path to the root; of MSTP the external one"};
  FieldInfo bridge_priority{"bridge_priority", FieldType::number, "of the sender; of MSTP its regional root"};
  FieldInfo bridge_extension{"bridge_extension", FieldType::number, "system id extension"};
  FieldInfo bridge_mac{"bridge_mac", FieldType::mac, "the sender; of MSTP its regional root"};
  FieldInfo port_id{"port_id", FieldType::number, "priority (4 bits) and number of the sender's port"};
  FieldInfo message_age{"message_age", FieldType::decimal, "seconds since the root spoke"};
  FieldInfo max_age{"max_age", FieldType::decimal, "seconds for which it is believed"};
  FieldInfo hello_time{"hello_time", FieldType::decimal, "seconds between BPDUs"};
  FieldInfo forward_delay{"forward_delay", FieldType::decimal, "seconds of listening and of learning"};
  FieldInfo version_1_length{"version_1_length", FieldType::number, "0"};
  FieldInfo version_3_length{"version_3_length", FieldType::number, "bytes of what MSTP adds"};
  FieldInfo config_format{"config_format", FieldType::number, "format selector of the configuration, 0"};
  FieldInfo config_name{"config_name", FieldType::text, "name of the region"};
  FieldInfo config_revision{"config_revision", FieldType::number, "of the configuration"};
  FieldInfo config_digest{"config_digest", FieldType::bytes, "of the table of VLANs"};
  FieldInfo internal_cost{"internal_cost", FieldType::number, "of the path to the regional root"};
  FieldInfo cist_bridge_priority{"cist_bridge_priority", FieldType::number, "of the sender"};
  FieldInfo cist_bridge_extension{"cist_bridge_extension", FieldType::number, "system id extension of the sender"};
  FieldInfo cist_bridge_mac{"cist_bridge_mac", FieldType::mac, "the sender"};
  FieldInfo remaining_hops{"remaining_hops", FieldType::number, "for which the region believes it"};
  FieldInfo instance{"instance", FieldType::group, "a tree of its own within the region", Occurs::often};
  FieldInfo instance_id{"instance.id", FieldType::number, "system id extension of its root: the MSTID"};
  FieldInfo instance_flags{"instance.flags", FieldType::number, "as of the BPDU; 128 is the master flag"};
  FieldInfo instance_root_priority{"instance.root_priority", FieldType::number, "of its regional root"};
  FieldInfo instance_root_mac{"instance.root_mac", FieldType::mac, "its regional root"};
  FieldInfo instance_cost{"instance.cost", FieldType::number, "of the path to its regional root"};
  FieldInfo instance_bridge_priority{"instance.bridge_priority", FieldType::number, "of the sender, 0 to 15"};
  FieldInfo instance_port_priority{"instance.port_priority", FieldType::number, "of its port, 0 to 15"};
  FieldInfo instance_remaining_hops{"instance.remaining_hops", FieldType::number, "for which it is believed"};
  FieldInfo vlan{"vlan", FieldType::number, "that a per-VLAN BPDU of Cisco's is for"};
};
inline constexpr StpFields kStpFields;

enum class BpduType : std::uint8_t { configuration = 0, rapid = 2, topology_change = 0x80 };

class BpduView {
 public:
  static Parsed<BpduView> parse(Window window);

  std::uint16_t protocol() const { return load_u16(bytes_, 0); }
  std::uint8_t version() const { return bytes_[2]; }
  BpduType type() const { return static_cast<BpduType>(bytes_[3]); }
  std::size_t size() const { return bytes_.size(); }
  // Flags, bridges and times are there.
  bool has_tree() const { return bytes_.size() > kShortBytes; }
  bool has_instances() const { return bytes_.size() >= kMstBytes; }
  Bytes bytes() const { return bytes_; }

  static constexpr std::size_t kShortBytes = 4;
  static constexpr std::size_t kConfigurationBytes = 35;
  static constexpr std::size_t kRapidBytes = 36;
  static constexpr std::size_t kMstBytes = 102;  // before the first instance
  static constexpr std::size_t kInstanceBytes = 16;

 private:
  explicit BpduView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_stp(Decoder& decoder);
// Behind Cisco's OUI.
Next decode_pvst(Decoder& decoder);

}  // namespace holter::wire

// VXLAN (RFC 7348) over UDP: eight bytes before an Ethernet frame, with the group policy of
// draft-smith-vxlan-group-policy, and on a port of its own the Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe),
// which can name something else than Ethernet. A header that says that its network identifier is not valid is still a
// tunnel, of identifier 0 or whatever it says.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct VxlanFields {
  FieldInfo flags{"flags", FieldType::number, "all 16; 2048: the network identifier is valid"};
  FieldInfo group_policy{"group_policy", FieldType::number, "identifier of the sender's group"};
  FieldInfo next_protocol{"next_protocol", FieldType::number, "of the extension: 1 IPv4, 2 IPv6, 3 Ethernet, 5 MPLS"};
  FieldInfo vni{"vni", FieldType::number, "network identifier"};
};
inline constexpr VxlanFields kVxlanFields;

class VxlanView {
 public:
  static constexpr std::size_t kBytes = 8;
  static Parsed<VxlanView> parse(Window window);

  std::uint16_t flags() const { return load_u16(bytes_, 0); }
  std::uint16_t group_policy() const { return load_u16(bytes_, 2); }
  // Of the extension: 0 unless it says that there is one.
  std::uint8_t next_protocol() const { return (bytes_[0] & 4U) != 0 ? bytes_[3] : std::uint8_t{0}; }
  std::uint32_t vni() const { return load_u32(bytes_, 4) >> 8; }

 private:
  explicit VxlanView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_vxlan(Decoder& decoder);
Next decode_vxlan_gpe(Decoder& decoder);

}  // namespace holter::wire

// VLAN tags of IEEE 802.1Q, stacked as 802.1ad (QinQ): priority, identifier and the ether type of what follows.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"

namespace holter::wire {

struct VlanFields {
  FieldInfo priority{"priority", FieldType::number, "priority code point"};
  FieldInfo drop_eligible{"drop_eligible", FieldType::flag, "may be dropped first"};
  FieldInfo id{"id", FieldType::number, "VLAN identifier"};
  FieldInfo type{"type", FieldType::number, "ether type behind the tag"};
};
inline constexpr VlanFields kVlanFields;

struct VlanHeader {
  static constexpr std::size_t kBytes = 4;  // behind the ether type that announced the tag

  std::uint16_t tci = 0;  // priority (3 bits), drop eligible (1), identifier (12)
  std::uint16_t ether_type = 0;

  void emit(base::ByteWriter& out) const;
};

class VlanView {
 public:
  static Parsed<VlanView> parse(Window window);

  VlanHeader header() const { return {load_u16(bytes_, 0), load_u16(bytes_, 2)}; }

 private:
  explicit VlanView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_vlan(Decoder& decoder);

// Notes a tag, whether it lay in the frame or the device took it out.
void add_vlan_tag(Packet& packet, std::uint16_t tci);
// The fields of a tag that the device took out of the frame; its ether type went with it.
void list_tag(FieldList& out, std::uint16_t tci);

}  // namespace holter::wire

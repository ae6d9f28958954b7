#include "wire/link/vlan.h"

namespace holter::wire {

void VlanHeader::emit(base::ByteWriter& out) const {
  out.u16(tci);
  out.u16(ether_type);
}

Parsed<VlanView> VlanView::parse(Window window) {
  if (window.captured.size() < VlanHeader::kBytes) return window.fault_of(VlanHeader::kBytes);
  return VlanView(window.captured.first(VlanHeader::kBytes));
}

void add_vlan_tag(Packet& packet, std::uint16_t tci) {
  packet.add(Protocol::vlan);
  if (packet.vlan_count < packet.vlan_tci.size()) packet.vlan_tci[packet.vlan_count] = tci;
  ++packet.vlan_count;
}

void list_tag(FieldList& out, std::uint16_t tci) {
  out.number(kVlanFields.priority, tci >> 13);
  out.flag(kVlanFields.drop_eligible, (tci & 0x1000) != 0);
  out.number(kVlanFields.id, tci & 0x0fff);
}

Next decode_vlan(Decoder& decoder) {
  const auto view = VlanView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  const VlanHeader header = view->header();
  add_vlan_tag(decoder.packet, header.tci);
  decoder.packet.ether_type = header.ether_type;
  if (FieldList* const out = decoder.fields(Protocol::vlan)) {
    list_tag(*out, header.tci);
    out->number(kVlanFields.type, header.ether_type);
  }
  decoder.advance(VlanHeader::kBytes);
  return decoder.behind(header.ether_type);
}

}  // namespace holter::wire

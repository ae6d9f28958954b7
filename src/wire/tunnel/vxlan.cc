#include "wire/tunnel/vxlan.h"

namespace holter::wire {

Parsed<VxlanView> VxlanView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return VxlanView(window.captured.first(kBytes));
}

namespace {

// Behind a header that names what it carries.
Next named(std::uint8_t protocol) {
  switch (protocol) {
    case 1: return {Space::ether_type, kEthertypeIp};
    case 2: return {Space::ether_type, kEthertypeIpv6};
    case 5: return {Space::ether_type, kEthertypeMpls};
    case 0:
    case 3: return {Space::link, static_cast<std::uint16_t>(LinkType::ethernet)};
    default: return {};
  }
}

Next enter(Decoder& decoder, bool extended) {
  const auto view = VxlanView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  const std::uint8_t protocol = extended ? view->next_protocol() : std::uint8_t{0};
  if (FieldList* const out = decoder.fields(Protocol::vxlan)) {
    out->number(kVxlanFields.flags, view->flags());
    out->number(kVxlanFields.group_policy, view->group_policy());
    if (protocol != 0) out->number(kVxlanFields.next_protocol, protocol);
    out->number(kVxlanFields.vni, view->vni());
  }
  const Next next = named(protocol);
  if (next.space == Space::end) {
    decoder.packet.add(Protocol::vxlan);
    return {};
  }
  if (!decoder.enter_tunnel(Protocol::vxlan, view->vni())) return {};
  decoder.advance(VxlanView::kBytes);
  if (next.space == Space::ether_type) decoder.packet.ether_type = next.number;
  return next;
}

}  // namespace

Next decode_vxlan(Decoder& decoder) { return enter(decoder, false); }
Next decode_vxlan_gpe(Decoder& decoder) { return enter(decoder, true); }

}  // namespace holter::wire

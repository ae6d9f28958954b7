#include "wire/tunnel/vxlan.h"

namespace holter::wire {

Parsed<VxlanView> VxlanView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return VxlanView(window.captured.first(kBytes));
}

Next decode_vxlan(Decoder& decoder) {
  const auto view = VxlanView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  if (FieldList* const out = decoder.fields(Protocol::vxlan)) {
    out->number(kVxlanFields.flags, view->flags());
    out->number(kVxlanFields.group_policy, view->group_policy());
    out->number(kVxlanFields.vni, view->vni());
  }
  if (!decoder.enter_tunnel(Protocol::vxlan, view->vni())) return {};
  decoder.advance(VxlanView::kBytes);
  return {Space::link, static_cast<std::uint16_t>(LinkType::ethernet)};
}

}  // namespace holter::wire

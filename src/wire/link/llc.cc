#include "wire/link/llc.h"

namespace holter::wire {
namespace {

constexpr std::size_t kUnnumberedBytes = 3;
constexpr std::size_t kNumberedBytes = 4;
constexpr std::uint8_t kNovell = 0xff;  // where a checksum of IPX is that nobody makes

bool is_novell(Window window) {
  return window.captured.size() >= 2 && window.captured[0] == kNovell && window.captured[1] == kNovell;
}

void list_fields(const LlcView& view, FieldList& out) {
  const std::uint16_t control = view.control();
  out.number(kLlcFields.dsap, view.dsap());
  out.flag(kLlcFields.group, (view.dsap() & 1U) != 0);
  out.number(kLlcFields.ssap, view.ssap());
  out.flag(kLlcFields.response, (view.ssap() & 1U) != 0);
  out.number(kLlcFields.control, control);
  if (view.unnumbered()) {
    out.word(kLlcFields.kind, "unnumbered");
    out.number(kLlcFields.command, control & 0xecU);
    out.flag(kLlcFields.poll_final, (control & 0x10U) != 0);
    return;
  }
  out.word(kLlcFields.kind, view.supervisory() ? "supervisory" : "information");
  if (view.supervisory()) {
    out.number(kLlcFields.command, control & 0x0cU);
  } else {
    out.number(kLlcFields.send_sequence, control >> 1 & 0x7fU);
  }
  out.number(kLlcFields.receive_sequence, control >> 9);
  out.flag(kLlcFields.poll_final, (control & 0x100U) != 0);
}

}  // namespace

Parsed<LlcView> LlcView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kUnnumberedBytes) return window.fault_of(kUnnumberedBytes);
  if ((bytes[2] & 3U) == 3) return LlcView(bytes.first(kUnnumberedBytes));
  if (bytes.size() < kNumberedBytes) return window.fault_of(kNumberedBytes);
  return LlcView(bytes.first(kNumberedBytes));
}

Parsed<SnapView> SnapView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return SnapView(window.captured.first(kBytes));
}

Next decode_llc(Decoder& decoder) {
  if (is_novell(decoder.window())) return {Space::ether_type, kEthertypeIpx};
  const auto view = LlcView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::llc);
  if (FieldList* const out = decoder.fields(Protocol::llc)) list_fields(*view, *out);
  decoder.advance(view->size());
  if (!view->information()) return {};
  return {Space::llc_sap, view->dsap()};
}

Next decode_snap(Decoder& decoder) {
  const auto view = SnapView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::snap);
  if (FieldList* const out = decoder.fields(Protocol::snap)) {
    out->number(kSnapFields.oui, view->oui());
    out->number(kSnapFields.type, view->type());
  }
  decoder.advance(SnapView::kBytes);
  switch (view->oui()) {
    case kOuiEthernet:
    case kOuiBridgeTunnel:
    case kOuiApple: decoder.packet.ether_type = view->type(); return {Space::ether_type, view->type()};
    case kOuiCisco: return {Space::cisco, view->type()};
    default: return {Space::snap, view->type()};
  }
}

}  // namespace holter::wire

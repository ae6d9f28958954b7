#include "wire/link/lacp.h"

#include <array>

namespace holter::wire {
namespace {

constexpr std::size_t kActorAt = 2;
constexpr std::size_t kPartnerAt = 22;
constexpr std::size_t kCollectorAt = 42;

// The fields of one end, in the order in which LacpFields has them.
void list_end(const FieldInfo* field, Bytes tlv, FieldList& out) {
  out.open(*field++);
  out.number(*field++, load_u16(tlv, 2));
  out.data(*field++, tlv.subspan(4, 6));
  for (const std::size_t at : {10, 12, 14}) out.number(*field++, load_u16(tlv, at));
  const std::uint8_t state = tlv[16];
  out.number(*field++, state);
  for (unsigned bit = 0; bit < 8; ++bit) out.flag(*field++, (state >> bit & 1U) != 0);
  out.close();
}

void list_fields(const SlowView& view, FieldList& out) {
  const LacpFields& f = kLacpFields;
  const Bytes bytes = view.bytes();
  out.number(f.subtype, view.subtype());
  if (bytes.size() == 1) return;
  out.number(f.version, bytes[1]);
  if (view.subtype() == kSlowLacp) {
    list_end(&f.actor, bytes.subspan(kActorAt), out);
    list_end(&f.partner, bytes.subspan(kPartnerAt), out);
    out.number(f.collector_max_delay, load_u16(bytes, kCollectorAt + 2));
    return;
  }
  out.number(f.marker_type, bytes[2]);
  out.number(f.marker_port, load_u16(bytes, 4));
  out.data(f.marker_system, bytes.subspan(6, 6));
  out.number(f.marker_transaction, load_u32(bytes, 12));
}

std::size_t bytes_of(std::uint8_t subtype) {
  if (subtype == kSlowLacp) return SlowView::kLacpBytes;
  return subtype == kSlowMarker ? SlowView::kMarkerBytes : 1;
}

}  // namespace

Parsed<SlowView> SlowView::parse(Window window) {
  if (window.captured.empty()) return window.fault_of(1);
  const std::size_t length = bytes_of(window.captured[0]);
  if (window.captured.size() < length) return window.fault_of(length);
  return SlowView(window.captured.first(length));
}

bool SlowView::sound() const {
  const auto tlv = [&](std::size_t at, std::uint8_t type, std::uint8_t length) {
    return bytes_[at] == type && bytes_[at + 1] == length;
  };
  if (subtype() == kSlowMarker) return bytes_[3] == 16;
  return subtype() != kSlowLacp || (tlv(kActorAt, 1, 20) && tlv(kPartnerAt, 2, 20) && tlv(kCollectorAt, 3, 16));
}

Next decode_slow(Decoder& decoder) {
  const auto view = SlowView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::lacp);
  if (!view->sound()) decoder.packet.add(Anomaly::bad_option);
  if (FieldList* const out = decoder.fields(Protocol::lacp)) list_fields(*view, *out);
  decoder.advance(view->size());
  return {};
}

}  // namespace holter::wire

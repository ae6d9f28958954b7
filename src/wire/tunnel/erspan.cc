#include "wire/tunnel/erspan.h"

namespace holter::wire {
namespace {

void list_fields(Bytes bytes, bool type_3, FieldList& out) {
  const ErspanFields& f = kErspanFields;
  const std::uint32_t first = load_u32(bytes, 0);
  out.number(f.version, first >> 28);
  out.number(f.vlan, first >> 16 & 0xfffU);
  out.number(f.class_of_service, first >> 13 & 7U);
  out.flag(f.truncated, (first >> 10 & 1U) != 0);
  out.number(f.session_id, first & 0x3ffU);
  if (!type_3) {
    out.number(f.index, load_u32(bytes, 4) & 0xfffffU);
    return;
  }
  out.number(f.timestamp, load_u32(bytes, 4));
  out.number(f.security_group, load_u16(bytes, 8));
  out.number(f.hardware_id, load_u16(bytes, 10) >> 4 & 0x3fU);
  out.flag(f.egress, (bytes[11] & 8U) != 0);
}

}  // namespace

Parsed<ErspanView> ErspanView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kType2Bytes) return window.fault_of(kType2Bytes);
  const unsigned version = bytes[0] >> 4;
  if (version == 1) return ErspanView(bytes.first(kType2Bytes));
  if (version != 2) return ParseFault::malformed;
  if (bytes.size() < kType3Bytes) return window.fault_of(kType3Bytes);
  const bool subheader = (bytes[11] & 1U) != 0;
  const std::size_t length = kType3Bytes + (subheader ? kSubheaderBytes : 0);
  if (bytes.size() < length) return window.fault_of(length);
  return ErspanView(bytes.first(length));
}

Next decode_erspan(Decoder& decoder) {
  const auto view = ErspanView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::erspan);
  if (FieldList* const out = decoder.fields(Protocol::erspan)) list_fields(view->bytes(), view->is_type_3(), *out);
  decoder.advance(view->size());
  return {Space::link, static_cast<std::uint16_t>(LinkType::ethernet)};
}

}  // namespace holter::wire

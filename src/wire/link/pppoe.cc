#include "wire/link/pppoe.h"

#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr std::size_t kTagHeaderBytes = 4;
constexpr std::uint16_t kEndOfList = 0x0000;
constexpr std::uint16_t kService = 0x0101;
constexpr std::uint16_t kConcentrator = 0x0102;

bool is_error(std::uint16_t type) { return type >= 0x0201 && type <= 0x0203; }

void list_tag(std::uint16_t type, Bytes value, FieldList& out) {
  const PppoeFields& f = kPppoeFields;
  out.open(f.tag);
  out.number(f.tag_type, type);
  out.number(f.tag_length, value.size());
  if (type == kService) {
    out.data(f.tag_service, value);
  } else if (type == kConcentrator) {
    out.data(f.tag_concentrator, value);
  } else if (is_error(type)) {
    out.data(f.tag_error, value);
  } else if (!value.empty()) {
    out.data(f.tag_value, shown(value));
  }
  out.close();
}

Next walk_tags(Decoder& decoder, FieldList* out) {
  while (decoder.window().claimed >= kTagHeaderBytes && decoder.steps.take()) {
    const Window window = decoder.window();
    if (window.captured.size() < kTagHeaderBytes) return decoder.fail(ParseFault::truncated);
    const std::uint16_t type = load_u16(window.captured, 0);
    const std::size_t length = load_u16(window.captured, 2);
    if (length > window.claimed - kTagHeaderBytes) {
      decoder.packet.add(Anomaly::bad_option);
      break;
    }
    if (length > window.captured.size() - kTagHeaderBytes) return decoder.fail(ParseFault::truncated);
    if (out != nullptr) list_tag(type, window.captured.subspan(kTagHeaderBytes, length), *out);
    decoder.advance(kTagHeaderBytes + length);
    if (type == kEndOfList) break;
  }
  return {};
}

// The header, with its fields and its limit. False: it does not fit.
bool enter(Decoder& decoder, FieldList*& out) {
  const auto view = PppoeView::parse(decoder.window());
  if (!view) {
    decoder.fail(view.error());
    return false;
  }
  decoder.packet.add(Protocol::pppoe);
  out = decoder.fields(Protocol::pppoe);
  if (out != nullptr) {
    out->number(kPppoeFields.version, view->version());
    out->number(kPppoeFields.type, view->type());
    out->number(kPppoeFields.code, view->code());
    out->number(kPppoeFields.session_id, view->session_id());
    out->number(kPppoeFields.length, view->length());
  }
  decoder.limit(PppoeView::kBytes + view->length());
  decoder.advance(PppoeView::kBytes);
  return true;
}

}  // namespace

Parsed<PppoeView> PppoeView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return PppoeView(window.captured.first(kBytes));
}

Next decode_pppoe_discovery(Decoder& decoder) {
  FieldList* out = nullptr;
  if (!enter(decoder, out)) return {};
  return walk_tags(decoder, out);
}

Next decode_pppoe_session(Decoder& decoder) {
  FieldList* out = nullptr;
  if (!enter(decoder, out)) return {};
  return {Space::link, static_cast<std::uint16_t>(LinkType::ppp)};
}

}  // namespace holter::wire

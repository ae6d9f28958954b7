#include "wire/network/ipsec.h"

namespace holter::wire {

Parsed<AhView> AhView::parse(Window window) {
  if (window.captured.size() < kFixedBytes) return window.fault_of(kFixedBytes);
  const std::size_t length = (window.captured[1] + std::size_t{2}) * 4;
  if (length < kFixedBytes) return ParseFault::malformed;
  if (window.captured.size() < length) return window.fault_of(length);
  return AhView(window.captured.first(length));
}

Parsed<EspView> EspView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return EspView(window.captured.first(kBytes));
}

Next decode_ah(Decoder& decoder) {
  const auto view = AhView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::ah);
  decoder.packet.ip_protocol = view->next_header();
  if (FieldList* const out = decoder.fields(Protocol::ah)) {
    out->number(kAhFields.next_header, view->next_header());
    out->number(kAhFields.length, view->header_length());
    out->number(kAhFields.spi, view->spi());
    out->number(kAhFields.sequence, view->sequence());
    out->data(kAhFields.icv, view->icv().first(std::min(view->icv().size(), kMaxListedBytes)));
  }
  decoder.advance(view->header_length());
  return {Space::ip_protocol, view->next_header()};
}

Next decode_esp(Decoder& decoder) {
  const auto view = EspView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::esp);
  if (FieldList* const out = decoder.fields(Protocol::esp)) {
    out->number(kEspFields.spi, view->spi());
    out->number(kEspFields.sequence, view->sequence());
    out->number(kEspFields.payload_length, decoder.window().claimed - EspView::kBytes);
  }
  decoder.advance(EspView::kBytes);
  return {};
}

}  // namespace holter::wire

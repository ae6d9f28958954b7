#include "wire/link/ethernet.h"

#include <algorithm>

namespace holter::wire {

void EthernetHeader::emit(base::ByteWriter& out) const {
  out.bytes(destination);
  out.bytes(source);
  out.u16(ether_type);
}

Parsed<EthernetView> EthernetView::parse(Window window) {
  if (window.captured.size() < EthernetHeader::kBytes) return window.fault_of(EthernetHeader::kBytes);
  return EthernetView(window.captured.first(EthernetHeader::kBytes));
}

EthernetHeader EthernetView::header() const {
  EthernetHeader header;
  std::copy_n(bytes_.begin(), 6, header.destination.begin());
  std::copy_n(bytes_.begin() + 6, 6, header.source.begin());
  header.ether_type = ether_type();
  return header;
}

Next decode_ethernet(Decoder& decoder) {
  const auto view = EthernetView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  const EthernetHeader header = view->header();
  decoder.packet.add(Protocol::ethernet);
  decoder.packet.source_mac = header.source;
  decoder.packet.destination_mac = header.destination;
  decoder.packet.ether_type = header.ether_type;
  if (FieldList* const out = decoder.fields(Protocol::ethernet)) {
    out->data(kEthernetFields.dst, view->destination());
    out->data(kEthernetFields.src, view->source());
    out->number(kEthernetFields.type, header.ether_type);
  }
  decoder.advance(EthernetHeader::kBytes);
  return decoder.behind(header.ether_type);
}

}  // namespace holter::wire

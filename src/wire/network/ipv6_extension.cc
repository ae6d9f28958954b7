#include "wire/network/ipv6_extension.h"

namespace holter::wire {
namespace {

Next step_over(Decoder& decoder, Protocol protocol) {
  if (!decoder.packet.has(Protocol::ipv6)) {
    decoder.packet.end = DecodeEnd::unknown_ip_protocol;  // these numbers mean nothing in IPv4
    return {};
  }
  const auto view = Ipv6ExtensionView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(protocol);
  decoder.packet.ip_protocol = view->next_header();
  if (FieldList* const out = decoder.fields(protocol)) {
    out->number(kIpv6ExtensionFields.next_header, view->next_header());
    out->number(kIpv6ExtensionFields.length, view->header_length());
  }
  decoder.advance(view->header_length());
  return {Space::ip_protocol, view->next_header()};
}

}  // namespace

Parsed<Ipv6ExtensionView> Ipv6ExtensionView::parse(Window window) {
  if (window.captured.size() < 2) return window.fault_of(2);
  const std::size_t length = (window.captured[1] + std::size_t{1}) * 8;
  if (window.captured.size() < length) return window.fault_of(length);
  return Ipv6ExtensionView(window.captured.first(length));
}

Parsed<Ipv6FragmentView> Ipv6FragmentView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return Ipv6FragmentView(window.captured.first(kBytes));
}

Next decode_ipv6_hop_by_hop(Decoder& decoder) { return step_over(decoder, Protocol::ipv6_hop_by_hop); }
Next decode_ipv6_routing(Decoder& decoder) { return step_over(decoder, Protocol::ipv6_routing); }
Next decode_ipv6_destination(Decoder& decoder) { return step_over(decoder, Protocol::ipv6_destination); }

Next decode_ipv6_fragment(Decoder& decoder) {
  Packet& packet = decoder.packet;
  if (!packet.has(Protocol::ipv6)) {
    packet.end = DecodeEnd::unknown_ip_protocol;
    return {};
  }
  const auto view = Ipv6FragmentView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::ipv6_fragment);
  packet.ip_protocol = view->next_header();
  packet.more_fragments = view->more_fragments();
  packet.fragment_offset = view->fragment_offset();
  if (FieldList* const out = decoder.fields(Protocol::ipv6_fragment)) {
    out->number(kIpv6FragmentFields.next_header, view->next_header());
    out->number(kIpv6FragmentFields.offset, view->fragment_offset());
    out->flag(kIpv6FragmentFields.more_fragments, view->more_fragments());
    out->number(kIpv6FragmentFields.id, view->identification());
  }
  decoder.advance(Ipv6FragmentView::kBytes);
  if (packet.fragment_offset != 0) {
    if (packet.fragment_offset + decoder.window().claimed > 65'535) packet.add(Anomaly::fragment_beyond_limit);
    return {};
  }
  return {Space::ip_protocol, view->next_header()};
}

}  // namespace holter::wire

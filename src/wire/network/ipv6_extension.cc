#include "wire/network/ipv6_extension.h"

#include "wire/network/ipv6_options.h"
#include "wire/network/ipv6_routing.h"

namespace holter::wire {
namespace {

// These numbers mean nothing in IPv4.
bool is_ipv6(Decoder& decoder) {
  if (decoder.packet.has(Protocol::ipv6)) return true;
  decoder.packet.end = DecodeEnd::unknown_ip_protocol;
  return false;
}

Next step_over(Decoder& decoder, const Ipv6ExtensionView& view) {
  decoder.advance(view.header_length());
  return {Space::ip_protocol, view.next_header()};
}

Next decode_options(Decoder& decoder, Protocol protocol) {
  if (!is_ipv6(decoder)) return {};
  const auto view = Ipv6ExtensionView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(protocol);
  decoder.packet.ip_protocol = view->next_header();
  FieldList* const out = decoder.fields(protocol);
  if (out != nullptr) {
    out->number(kIpv6OptionsFields.next_header, view->next_header());
    out->number(kIpv6OptionsFields.length, view->header_length());
  }
  const Ipv6OptionsFound found = read_ipv6_options(view->body(), decoder.steps, out);
  if (!found.right) decoder.packet.add(Anomaly::bad_option);
  if (found.jumbo_length != 0) decoder.limit(found.jumbo_length);
  if (!found.home_address.empty()) decoder.sent_from(found.home_address);
  return step_over(decoder, *view);
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

Next decode_ipv6_hop_by_hop(Decoder& decoder) { return decode_options(decoder, Protocol::ipv6_hop_by_hop); }
Next decode_ipv6_destination(Decoder& decoder) { return decode_options(decoder, Protocol::ipv6_destination); }

Next decode_ipv6_routing(Decoder& decoder) {
  if (!is_ipv6(decoder)) return {};
  const auto view = Ipv6ExtensionView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  Packet& packet = decoder.packet;
  packet.add(Protocol::ipv6_routing);
  packet.ip_protocol = view->next_header();
  FieldList* const out = decoder.fields(Protocol::ipv6_routing);
  if (out != nullptr) {
    out->number(kIpv6RoutingFields.next_header, view->next_header());
    out->number(kIpv6RoutingFields.length, view->header_length());
  }
  const Ipv6RoutingFound found = read_ipv6_routing(view->bytes(), packet.destination, decoder.steps, out);
  if (!found.right) packet.add(Anomaly::bad_option);
  if (found.last) decoder.route_to(*found.last);
  return step_over(decoder, *view);
}

Next decode_ipv6_fragment(Decoder& decoder) {
  if (!is_ipv6(decoder)) return {};
  Packet& packet = decoder.packet;
  if (packet.is_fragment()) return {};  // of a piece there are no pieces: a packet has one such header (RFC 8200, 4.5)
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

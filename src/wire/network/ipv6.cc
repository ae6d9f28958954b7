#include "wire/network/ipv6.h"

#include <algorithm>

namespace holter::wire {

void Ipv6Header::emit(base::ByteWriter& out) const {
  out.u32(6U << 28 | static_cast<std::uint32_t>(traffic_class) << 20 | (flow_label & 0xfffff));
  out.u16(payload_length);
  out.u8(next_header);
  out.u8(hop_limit);
  out.bytes(source);
  out.bytes(destination);
}

Parsed<Ipv6View> Ipv6View::parse(Window window) {
  if (window.captured.size() < Ipv6Header::kBytes) return window.fault_of(Ipv6Header::kBytes);
  return Ipv6View(window.captured.first(Ipv6Header::kBytes));
}

Ipv6Header Ipv6View::header() const {
  Ipv6Header header;
  const std::uint32_t first = load_u32(bytes_, 0);
  header.traffic_class = static_cast<std::uint8_t>(first >> 20);
  header.flow_label = first & 0xfffff;
  header.payload_length = payload_length();
  header.next_header = next_header();
  header.hop_limit = bytes_[7];
  std::ranges::copy(bytes_.subspan(8, 16), header.source.begin());
  std::ranges::copy(bytes_.subspan(24, 16), header.destination.begin());
  return header;
}

Next decode_ipv6(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.network_offset = static_cast<std::uint16_t>(decoder.offset());
  const Window window = decoder.window();
  if (!window.captured.empty() && window.captured[0] >> 4 != 6) {
    packet.add(Anomaly::bad_version);
    return decoder.fail(ParseFault::malformed);
  }
  const auto view = Ipv6View::parse(window);
  if (!view) return decoder.fail(view.error());

  const Ipv6Header header = view->header();
  packet.add(Protocol::ipv6);
  packet.ip_protocol = header.next_header;
  packet.hop_limit = header.hop_limit;
  packet.traffic_class = header.traffic_class;
  packet.source = header.source;
  packet.destination = header.destination;
  if (header.hop_limit == 0) packet.add(Anomaly::zero_hop_limit);

  if (FieldList* const out = decoder.fields(Protocol::ipv6)) {
    out->number(kIpv6Fields.dscp, header.traffic_class >> 2);
    out->number(kIpv6Fields.ecn, header.traffic_class & 3U);
    out->number(kIpv6Fields.flow_label, header.flow_label);
    out->number(kIpv6Fields.payload_length, header.payload_length);
    out->number(kIpv6Fields.next_header, header.next_header);
    out->number(kIpv6Fields.hop_limit, header.hop_limit);
    out->data(kIpv6Fields.src, view->source());
    out->data(kIpv6Fields.dst, view->destination());
  }

  const bool jumbo = header.payload_length == 0 && header.next_header == kIpprotoHopopts;
  if (!jumbo) decoder.limit(Ipv6Header::kBytes + header.payload_length);
  decoder.advance(Ipv6Header::kBytes);
  return {Space::ip_protocol, header.next_header};
}

}  // namespace holter::wire

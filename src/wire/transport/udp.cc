#include "wire/transport/udp.h"

#include "wire/checksum.h"

namespace holter::wire {

void UdpHeader::emit(base::ByteWriter& out, Bytes payload, const base::IpAddress& source,
                     const base::IpAddress& destination) const {
  const std::size_t start = out.size();
  const auto length = static_cast<std::uint16_t>(kBytes + payload.size());
  out.u16(source_port);
  out.u16(destination_port);
  out.u16(length);
  out.u16(0);
  out.bytes(payload);
  ChecksumSum sum;
  sum.add_pseudo_header(source.bytes(), destination.bytes(), kIpprotoUdp, length);
  sum.add(out.view().subspan(start));
  const std::uint16_t checksum = sum.finish();
  out.patch_u16(start + 6, checksum == 0 ? 0xffff : checksum);
}

Parsed<UdpView> UdpView::parse(Window window) {
  if (window.captured.size() < UdpHeader::kBytes) return window.fault_of(UdpHeader::kBytes);
  return UdpView(window.captured.first(UdpHeader::kBytes));
}

Next decode_udp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = UdpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::udp);
  packet.source_port = view->header().source_port;
  packet.destination_port = view->header().destination_port;
  if (view->length() != 0) {
    if (view->length() < UdpHeader::kBytes) return decoder.fail(ParseFault::malformed);
    // A first fragment is shorter than its datagram; that is no lie.
    if (!packet.is_fragment()) decoder.limit(view->length());
  }
  if (view->checksum() != 0) packet.transport_checksum = verify_transport(decoder, kIpprotoUdp, view->checksum());
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  if (FieldList* const out = decoder.fields(Protocol::udp)) {
    out->number(kUdpFields.src_port, packet.source_port);
    out->number(kUdpFields.dst_port, packet.destination_port);
    out->number(kUdpFields.length, view->length());
    out->number(kUdpFields.checksum, view->checksum());
    out->word(kUdpFields.checksum_state, to_string(packet.transport_checksum));
    out->number(kUdpFields.payload_length, decoder.window().claimed - UdpHeader::kBytes);
  }
  decoder.advance(UdpHeader::kBytes);
  return {Space::udp_port, packet.destination_port};
}

}  // namespace holter::wire

#include "wire/transport/udp_lite.h"

namespace holter::wire {
namespace {

// What a coverage may be; of a first fragment the datagram's length is not known.
bool is_right(const Decoder& decoder, std::size_t coverage) {
  if (coverage == 0) return true;
  return coverage >= UdpLiteView::kBytes && (coverage <= decoder.window().claimed || decoder.packet.is_fragment());
}

ChecksumState verify(const Decoder& decoder, const UdpLiteView& view) {
  const Window window = decoder.window();
  const std::size_t covered = view.coverage() == 0 ? window.claimed : view.coverage();
  if (covered > window.captured.size()) return ChecksumState::unverified;
  return verify_covered(decoder, kIpprotoUdplite, window.captured.first(covered), view.checksum());
}

}  // namespace

Parsed<UdpLiteView> UdpLiteView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return UdpLiteView(window.captured.first(kBytes));
}

Next decode_udp_lite(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = UdpLiteView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::udp_lite);
  packet.source_port = view->source_port();
  packet.destination_port = view->destination_port();
  if (is_right(decoder, view->coverage())) {
    packet.transport_checksum = verify(decoder, *view);
  } else {
    packet.add(Anomaly::header_malformed);
    packet.transport_checksum = ChecksumState::unverified;
  }
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  if (FieldList* const out = decoder.fields(Protocol::udp_lite)) {
    out->number(kUdpLiteFields.src_port, packet.source_port);
    out->number(kUdpLiteFields.dst_port, packet.destination_port);
    out->number(kUdpLiteFields.coverage, view->coverage());
    out->number(kUdpLiteFields.checksum, view->checksum());
    out->word(kUdpLiteFields.checksum_state, to_string(packet.transport_checksum));
    out->number(kUdpLiteFields.payload_length, decoder.window().claimed - UdpLiteView::kBytes);
  }
  decoder.advance(UdpLiteView::kBytes);
  return {};
}

}  // namespace holter::wire

#include "wire/transport/tcp.h"

#include "base/assert.h"
#include "wire/checksum.h"
#include "wire/options.h"
#include "wire/transport/tcp_options.h"

namespace holter::wire {
namespace {

bool odd_flags(std::uint8_t flags) {
  const bool syn = (flags & kTcpSyn) != 0;
  return (syn && (flags & (kTcpFin | kTcpRst)) != 0) || (flags & 0x3f) == 0;
}

void list_flags(unsigned flags, FieldList& out) {
  out.number(kTcpFields.flags, flags);
  out.flag(kTcpFields.ns, (flags & 0x100) != 0);
  out.flag(kTcpFields.cwr, (flags & 0x80) != 0);
  out.flag(kTcpFields.ece, (flags & 0x40) != 0);
  out.flag(kTcpFields.urg, (flags & kTcpUrg) != 0);
  out.flag(kTcpFields.ack, (flags & kTcpAck) != 0);
  out.flag(kTcpFields.psh, (flags & kTcpPsh) != 0);
  out.flag(kTcpFields.rst, (flags & kTcpRst) != 0);
  out.flag(kTcpFields.syn, (flags & kTcpSyn) != 0);
  out.flag(kTcpFields.fin, (flags & kTcpFin) != 0);
}

void list_fields(const TcpView& view, const Packet& packet, std::size_t payload_length, FieldList& out) {
  const TcpHeader header = view.header();
  out.number(kTcpFields.src_port, header.source_port);
  out.number(kTcpFields.dst_port, header.destination_port);
  out.number(kTcpFields.sequence, header.sequence);
  out.number(kTcpFields.acknowledgment, header.acknowledgment);
  out.number(kTcpFields.header_length, view.header_length());
  list_flags(view.all_flags(), out);
  out.number(kTcpFields.window, header.window);
  out.number(kTcpFields.checksum, view.checksum());
  out.word(kTcpFields.checksum_state, to_string(packet.transport_checksum));
  out.number(kTcpFields.urgent_pointer, view.urgent_pointer());
  out.number(kTcpFields.payload_length, payload_length);
  list_tcp_options(view.options(), out);
}

// Nearly every segment has none, or two bytes of padding and timestamps (RFC 7323, appendix A).
bool options_are_right(Bytes options, Steps& steps) {
  constexpr std::uint32_t kPaddedTimestamps = 0x0101080a;
  if (options.empty() || (options.size() == 12 && load_u32(options, 0) == kPaddedTimestamps)) return true;
  return options_fit(options, steps);
}

}  // namespace

void TcpHeader::emit(base::ByteWriter& out, Bytes options, Bytes payload, const base::IpAddress& source,
                     const base::IpAddress& destination) const {
  HOLTER_ASSERT(options.size() % 4 == 0 && options.size() <= 40);
  const std::size_t start = out.size();
  const std::size_t header_length = kBytes + options.size();
  out.u16(source_port);
  out.u16(destination_port);
  out.u32(sequence);
  out.u32(acknowledgment);
  out.u8(static_cast<std::uint8_t>(header_length / 4 << 4));
  out.u8(flags);
  out.u16(window);
  out.u32(0);
  out.bytes(options);
  out.bytes(payload);
  ChecksumSum sum;
  const auto length = static_cast<std::uint32_t>(header_length + payload.size());
  sum.add_pseudo_header(source.bytes(), destination.bytes(), kIpprotoTcp, length);
  sum.add(out.view().subspan(start));
  out.patch_u16(start + 16, sum.finish());
}

Parsed<TcpView> TcpView::parse(Window window) {
  if (window.captured.size() < TcpHeader::kBytes) return window.fault_of(TcpHeader::kBytes);
  const std::size_t length = (window.captured[12] >> 4) * std::size_t{4};
  if (length < TcpHeader::kBytes) return ParseFault::malformed;
  if (window.captured.size() < length) return window.fault_of(length);
  return TcpView(window.captured.first(length));
}

TcpHeader TcpView::header() const {
  return {load_u16(bytes_, 0), load_u16(bytes_, 2), load_u32(bytes_, 4),
          load_u32(bytes_, 8), bytes_[13],          load_u16(bytes_, 14)};
}

Next decode_tcp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = TcpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  const TcpHeader header = view->header();
  packet.add(Protocol::tcp);
  packet.source_port = header.source_port;
  packet.destination_port = header.destination_port;
  packet.tcp_sequence = header.sequence;
  packet.tcp_acknowledgment = header.acknowledgment;
  packet.tcp_flags = header.flags;
  packet.tcp_window = header.window;
  if (odd_flags(header.flags)) packet.add(Anomaly::odd_tcp_flags);
  if (!options_are_right(view->options(), decoder.steps)) packet.add(Anomaly::bad_option);
  packet.transport_checksum = verify_transport(decoder, kIpprotoTcp, view->checksum());
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  if (FieldList* const out = decoder.fields(Protocol::tcp)) {
    list_fields(*view, packet, decoder.window().claimed - view->header_length(), *out);
  }
  decoder.advance(view->header_length());
  return {Space::tcp_port, packet.destination_port};
}

}  // namespace holter::wire

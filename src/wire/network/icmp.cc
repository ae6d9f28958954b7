#include "wire/network/icmp.h"

#include "wire/checksum.h"

namespace holter::wire {
namespace {

void list_fields(const IcmpView& view, const Packet& packet, FieldList& out) {
  out.number(kIcmpFields.type, view.type());
  out.number(kIcmpFields.code, view.code());
  out.number(kIcmpFields.checksum, view.checksum());
  out.word(kIcmpFields.checksum_state, to_string(packet.transport_checksum));
  if (!is_echo_request(packet) && !is_echo_reply(packet)) return;
  out.number(kIcmpFields.id, packet.icmp_id);
  out.number(kIcmpFields.sequence, packet.icmp_sequence);
}

Next decode_message(Decoder& decoder, Protocol protocol, std::uint8_t ip_protocol, bool pseudo_header) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = IcmpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(protocol);
  packet.icmp_type = view->type();
  packet.icmp_code = view->code();
  if (is_echo_request(packet) || is_echo_reply(packet)) {
    packet.icmp_id = view->echo().id;
    packet.icmp_sequence = view->echo().sequence;
  }
  packet.transport_checksum = verify_transport(decoder, ip_protocol, pseudo_header);
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  if (FieldList* const out = decoder.fields(protocol)) list_fields(*view, packet, *out);
  decoder.advance(IcmpEchoHeader::kBytes);
  return {};
}

void emit_echo(base::ByteWriter& out, const IcmpEchoHeader& header, Bytes payload, ChecksumSum sum) {
  const std::size_t start = out.size();
  out.u8(header.type);
  out.u8(header.code);
  out.u16(0);
  out.u16(header.id);
  out.u16(header.sequence);
  out.bytes(payload);
  sum.add(out.view().subspan(start));
  out.patch_u16(start + 2, sum.finish());
}

}  // namespace

void IcmpEchoHeader::emit(base::ByteWriter& out, Bytes payload) const { emit_echo(out, *this, payload, {}); }

void IcmpEchoHeader::emit(base::ByteWriter& out, Bytes payload, const base::IpAddress& source,
                          const base::IpAddress& destination) const {
  ChecksumSum sum;
  const auto length = static_cast<std::uint32_t>(kBytes + payload.size());
  sum.add_pseudo_header(source.bytes(), destination.bytes(), kIpprotoIcmpv6, length);
  emit_echo(out, *this, payload, sum);
}

Parsed<IcmpView> IcmpView::parse(Window window) {
  if (window.captured.size() < IcmpEchoHeader::kBytes) return window.fault_of(IcmpEchoHeader::kBytes);
  return IcmpView(window.captured.first(IcmpEchoHeader::kBytes));
}

bool is_echo_request(const Packet& packet) {
  return packet.icmp_code == 0 && ((packet.has(Protocol::icmp) && packet.icmp_type == kIcmpEcho) ||
                                   (packet.has(Protocol::icmpv6) && packet.icmp_type == kIcmpv6EchoRequest));
}

bool is_echo_reply(const Packet& packet) {
  return packet.icmp_code == 0 && ((packet.has(Protocol::icmp) && packet.icmp_type == kIcmpEchoReply) ||
                                   (packet.has(Protocol::icmpv6) && packet.icmp_type == kIcmpv6EchoReply));
}

Next decode_icmp(Decoder& decoder) { return decode_message(decoder, Protocol::icmp, kIpprotoIcmp, false); }
Next decode_icmpv6(Decoder& decoder) { return decode_message(decoder, Protocol::icmpv6, kIpprotoIcmpv6, true); }

}  // namespace holter::wire

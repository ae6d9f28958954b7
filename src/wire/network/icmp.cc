#include "wire/network/icmp.h"

#include "wire/checksum.h"
#include "wire/network/icmp_message.h"
#include "wire/network/icmpv6_message.h"

namespace holter::wire {
namespace {

template <class Fields>
FieldList* list_head(Decoder& decoder, Protocol protocol, const Fields& fields, const IcmpView& view) {
  FieldList* const out = decoder.fields(protocol);
  if (out == nullptr) return nullptr;
  out->number(fields.type, view.type());
  out->number(fields.code, view.code());
  out->number(fields.checksum, view.checksum());
  out->word(fields.checksum_state, to_string(decoder.packet.transport_checksum));
  return out;
}

// What both have in the Packet.
void note(Packet& packet, Protocol protocol, const IcmpView& view) {
  packet.add(protocol);
  packet.icmp_type = view.type();
  packet.icmp_code = view.code();
  if (!is_echo_request(packet) && !is_echo_reply(packet)) return;
  packet.icmp_id = view.echo().id;
  packet.icmp_sequence = view.echo().sequence;
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

Next decode_icmp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = IcmpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  note(packet, Protocol::icmp, *view);
  packet.transport_checksum = verify_message(decoder);
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  FieldList* const out = list_head(decoder, Protocol::icmp, kIcmpFields, *view);
  if (out != nullptr) list_icmp_message(decoder.window(), decoder.steps, *out);
  decoder.advance(IcmpEchoHeader::kBytes);
  return {};
}

Next decode_icmpv6(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = IcmpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  note(packet, Protocol::icmpv6, *view);
  packet.transport_checksum = verify_transport(decoder, kIpprotoIcmpv6, view->checksum());
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  FieldList* const out = list_head(decoder, Protocol::icmpv6, kIcmpv6Fields, *view);
  // A fragment ends in the middle of an option.
  const bool right = read_icmpv6_message(decoder.window(), decoder.steps, out);
  if (!right && !packet.is_fragment()) packet.add(Anomaly::bad_option);
  decoder.advance(IcmpEchoHeader::kBytes);
  return {};
}

}  // namespace holter::wire

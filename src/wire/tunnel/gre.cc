#include "wire/tunnel/gre.h"

#include "wire/checksum.h"

namespace holter::wire {
namespace {

constexpr std::size_t kFixedBytes = 4;
constexpr std::size_t kRouteHeaderBytes = 4;

// The route of RFC 1701: entries of family (2), offset, length and that many bytes, up to one of family and length 0.
Parsed<std::size_t> route_bytes(Window window, std::size_t at) {
  for (unsigned entries = 0; entries < kMaxOptions; ++entries) {
    if (window.captured.size() < at + kRouteHeaderBytes) return window.fault_of(at + kRouteHeaderBytes);
    const std::uint16_t family = load_u16(window.captured, at);
    const std::size_t length = window.captured[at + 3];
    at += kRouteHeaderBytes + length;
    if (family == 0 && length == 0) return at;
  }
  return ParseFault::malformed;
}

ChecksumState verify(const Decoder& decoder) {
  if (!decoder.wish.checksums || !decoder.whole() || decoder.packet.is_fragment()) return ChecksumState::unverified;
  return internet_checksum(decoder.window().captured) == 0 ? ChecksumState::good : ChecksumState::bad;
}

void list_fields(const GreView& view, ChecksumState state, FieldList& out) {
  const GreFields& f = kGreFields;
  out.number(f.flags, view.flags());
  out.flag(f.checksum_present, view.has_checksum());
  out.flag(f.routing_present, view.has_routing());
  out.flag(f.key_present, view.has_key());
  out.flag(f.sequence_present, view.has_sequence());
  if (view.version() == 1) out.flag(f.acknowledgment_present, view.has_acknowledgment());
  out.number(f.version, view.version());
  out.number(f.type, view.type());
  if (view.has_checksum()) {
    out.number(f.checksum, view.checksum());
    out.word(f.checksum_state, to_string(state));
  }
  if (view.has_key() && view.version() == 1) {
    out.number(f.payload_length, view.key() >> 16);
    out.number(f.call_id, view.key() & 0xffffU);
  } else if (view.has_key()) {
    out.number(f.key, view.key());
  }
  if (view.has_sequence()) out.number(f.sequence, view.sequence());
  if (view.has_acknowledgment()) out.number(f.acknowledgment, view.acknowledgment());
}

Next inside(const GreView& view) {
  const auto frame = [](LinkType link) { return Next{Space::link, static_cast<std::uint16_t>(link)}; };
  switch (view.type()) {
    case kEthertypeTransparentEthernet: return frame(LinkType::ethernet);
    case kEthertypePpp: return frame(LinkType::ppp);
    case kEthertypeErspan2:
      // Type I has neither a header of its own nor GRE's sequence number (draft-foschiano-erspan).
      return view.has_sequence() ? Next{Space::ether_type, view.type()} : frame(LinkType::ethernet);
    case kEthertypeCdp: return {Space::cisco, view.type()};
    default: return {Space::ether_type, view.type()};
  }
}

bool carries_packets(std::uint16_t type) {
  return type == kEthertypeIp || type == kEthertypeIpv6 || type == kEthertypeTransparentEthernet ||
         type == kEthertypePpp || type == kEthertypeErspan2 || type == kEthertypeErspan3 || type == kEthertypeMpls ||
         type == kEthertypeMplsUpstream;
}

}  // namespace

Parsed<GreView> GreView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kFixedBytes) return window.fault_of(kFixedBytes);
  const GreView flags(bytes.first(kFixedBytes));
  if (flags.version() > 1) return ParseFault::malformed;
  std::size_t length = flags.sequence_at() + (flags.has_sequence() ? 4U : 0U) + (flags.has_acknowledgment() ? 4U : 0U);
  if (flags.has_routing()) {
    const auto end = route_bytes(window, length);
    if (!end) return end.error();
    length = *end;
  }
  if (bytes.size() < length) return window.fault_of(length);
  return GreView(bytes.first(length));
}

Next decode_gre(Decoder& decoder) {
  const auto view = GreView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  Packet& packet = decoder.packet;
  const ChecksumState state = view->has_checksum() ? verify(decoder) : ChecksumState::none;
  if (state == ChecksumState::bad) packet.add(Anomaly::bad_network_checksum);
  packet.add(Protocol::gre);
  if (FieldList* const out = decoder.fields(Protocol::gre)) list_fields(*view, state, *out);
  const bool call = view->version() == 1;
  if (call && view->has_key() && (view->key() >> 16) == 0) {  // an acknowledgment alone
    decoder.advance(view->size());
    return {};
  }
  if (carries_packets(view->type())) {
    const std::uint32_t id = !view->has_key() ? 0 : call ? view->key() & 0xffffU : view->key();
    if (!decoder.enter_tunnel(Protocol::gre, id, call ? Decoder::IdOf::one_way : Decoder::IdOf::both_ways)) return {};
    packet.ether_type = view->type();
  }
  decoder.advance(view->size());
  return inside(*view);
}

}  // namespace holter::wire

#include "wire/network/ipv4.h"

#include <algorithm>

#include "wire/checksum.h"
#include "wire/network/ipv4_options.h"
#include "wire/options.h"

namespace holter::wire {
namespace {

constexpr std::size_t kMaxDatagramBytes = 65'535;

ChecksumState header_checksum(const Ipv4View& view, bool not_ready) {
  if (view.checksum_good()) return ChecksumState::good;
  // No sender computes 0 and gets it wrong: the field was left to the device, as some systems do.
  return not_ready || view.checksum() == 0 ? ChecksumState::unverified : ChecksumState::bad;
}

void note_flaws(Packet& packet, const Ipv4View& view) {
  if (view.reserved_flag()) packet.add(Anomaly::reserved_flag);
  if (view.ttl() == 0) packet.add(Anomaly::zero_hop_limit);
  if (packet.network_checksum == ChecksumState::bad) packet.add(Anomaly::bad_network_checksum);
}

void note_options(Decoder& decoder, Bytes options) {
  if (options.empty()) return;
  if (!options_fit(options, decoder.steps)) decoder.packet.add(Anomaly::bad_option);
  const Bytes last = last_hop_of_source_route(options);
  if (!last.empty()) decoder.route_to(last);
}

void list_fields(const Ipv4View& view, const Packet& packet, FieldList& out) {
  out.number(kIpv4Fields.header_length, view.header_length());
  out.number(kIpv4Fields.dscp, view.traffic_class() >> 2);
  out.number(kIpv4Fields.ecn, view.traffic_class() & 3U);
  out.number(kIpv4Fields.total_length, view.total_length());
  out.number(kIpv4Fields.id, view.identification());
  out.flag(kIpv4Fields.reserved_flag, view.reserved_flag());
  out.flag(kIpv4Fields.do_not_fragment, view.do_not_fragment());
  out.flag(kIpv4Fields.more_fragments, view.more_fragments());
  out.number(kIpv4Fields.fragment_offset, view.fragment_offset());
  out.number(kIpv4Fields.ttl, view.ttl());
  out.number(kIpv4Fields.protocol, view.protocol());
  out.number(kIpv4Fields.checksum, view.checksum());
  out.word(kIpv4Fields.checksum_state, to_string(packet.network_checksum));
  out.data(kIpv4Fields.src, view.source());
  out.data(kIpv4Fields.dst, view.destination());
  list_ipv4_options(view.options(), out);
}

}  // namespace

void Ipv4Header::emit(base::ByteWriter& out) const {
  const std::size_t start = out.size();
  out.u8(0x45);
  out.u8(traffic_class);
  out.u16(static_cast<std::uint16_t>(kBytes + payload_length));
  out.u16(identification);
  const unsigned flags = (do_not_fragment ? 0x4000U : 0U) | (more_fragments ? 0x2000U : 0U);
  out.u16(static_cast<std::uint16_t>(flags | fragment_offset >> 3));
  out.u8(ttl);
  out.u8(protocol);
  out.u16(0);
  out.bytes(source);
  out.bytes(destination);
  out.patch_u16(start + 10, internet_checksum(out.view().subspan(start)));
}

Parsed<Ipv4View> Ipv4View::parse(Window window) {
  if (window.captured.size() < Ipv4Header::kBytes) return window.fault_of(Ipv4Header::kBytes);
  const std::size_t length = (window.captured[0] & 0x0fU) * 4U;
  if (length < Ipv4Header::kBytes) return ParseFault::malformed;
  if (window.captured.size() < length) return window.fault_of(length);
  return Ipv4View(window.captured.first(length));
}

bool Ipv4View::checksum_good() const { return internet_checksum(bytes_) == 0; }

Ipv4Header Ipv4View::header() const {
  Ipv4Header header;
  header.traffic_class = traffic_class();
  header.payload_length =
      static_cast<std::uint16_t>(std::max<std::size_t>(total_length(), bytes_.size()) - bytes_.size());
  header.identification = identification();
  header.do_not_fragment = do_not_fragment();
  header.more_fragments = more_fragments();
  header.fragment_offset = fragment_offset();
  header.ttl = ttl();
  header.protocol = protocol();
  std::ranges::copy(source(), header.source.begin());
  std::ranges::copy(destination(), header.destination.begin());
  return header;
}

Next decode_ipv4(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.network_offset = static_cast<std::uint16_t>(decoder.offset());
  const Window window = decoder.window();
  if (!window.captured.empty() && window.captured[0] >> 4 != 4) {
    packet.add(Anomaly::bad_version);
    return decoder.fail(ParseFault::malformed);
  }
  const auto view = Ipv4View::parse(window);
  if (!view) return decoder.fail(view.error());

  packet.add(Protocol::ipv4);
  packet.ip_protocol = view->protocol();
  packet.hop_limit = view->ttl();
  packet.traffic_class = view->traffic_class();
  packet.more_fragments = view->more_fragments();
  packet.fragment_offset = view->fragment_offset();
  std::ranges::copy(view->source(), packet.source.begin());
  std::ranges::copy(view->destination(), packet.destination.begin());
  packet.network_checksum = header_checksum(*view, decoder.hints.checksum_not_ready);
  note_flaws(packet, *view);
  note_options(decoder, view->options());

  if (FieldList* const out = decoder.fields(Protocol::ipv4)) list_fields(*view, packet, *out);
  if (view->total_length() != 0) {
    if (view->total_length() < view->header_length()) return decoder.fail(ParseFault::malformed);
    decoder.limit(view->total_length());
    if (packet.fragment_offset + std::size_t{view->total_length()} > kMaxDatagramBytes) {
      packet.add(Anomaly::fragment_beyond_limit);
    }
  }
  decoder.advance(view->header_length());
  if (packet.fragment_offset != 0) return {};
  return {Space::ip_protocol, view->protocol()};
}

}  // namespace holter::wire

#include "wire/link/ppp.h"

namespace holter::wire {
namespace {

constexpr std::uint8_t kAllStations = 0xff;
constexpr std::uint8_t kUnnumbered = 0x03;
constexpr std::uint8_t kCiscoUnicast = 0x0f;
constexpr std::uint8_t kCiscoMulticast = 0x8f;
constexpr std::uint16_t kSlarp = 0x8035;  // Cisco's, where ether types have RARP
constexpr std::size_t kFramingBytes = 2;

std::uint16_t ether_type_of(std::uint16_t ppp_protocol) {
  if (ppp_protocol == kPppIpv4) return kEthertypeIp;
  return ppp_protocol == kPppIpv6 ? kEthertypeIpv6 : std::uint16_t{0};
}

bool is_ciscos(Window window) {
  return window.captured.size() >= kFramingBytes && window.captured[1] == 0 &&
         (window.captured[0] == kCiscoUnicast || window.captured[0] == kCiscoMulticast);
}

}  // namespace

Parsed<PppView> PppView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kFramingBytes) return window.fault_of(kFramingBytes);
  const bool framed = bytes[0] == kAllStations && bytes[1] == kUnnumbered;
  const std::size_t at = framed ? kFramingBytes : 0;
  if (bytes.size() < at + 1) return window.fault_of(at + 1);
  // Numbers end with an odd byte: one that begins with an odd one has no other (RFC 1661, 2).
  if ((bytes[at] & 1U) != 0) return PppView(bytes.first(at + 1), framed, bytes[at]);
  if (bytes.size() < at + 2) return window.fault_of(at + 2);
  return PppView(bytes.first(at + 2), framed, load_u16(bytes, at));
}

Next decode_ppp(Decoder& decoder) {
  // The link type of PPP in HDLC is also that of Cisco's HDLC.
  if (decoder.offset() == 0 && is_ciscos(decoder.window())) return decode_cisco_hdlc(decoder);
  const auto view = PppView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::ppp);
  decoder.packet.ether_type = ether_type_of(view->protocol());
  if (FieldList* const out = decoder.fields(Protocol::ppp)) {
    if (view->framed()) {
      out->number(kPppFields.address, view->framing()[0]);
      out->number(kPppFields.control, view->framing()[1]);
    }
    out->number(kPppFields.protocol, view->protocol());
  }
  decoder.advance(view->size());
  return {Space::ppp_protocol, view->protocol()};
}

Next decode_ppp_control(Decoder& decoder) {
  constexpr std::size_t kHeader = 4;
  const Window window = decoder.window();
  if (window.captured.size() < kHeader) return decoder.fail(window.fault_of(kHeader));
  const std::uint16_t length = load_u16(window.captured, 2);
  // Still the layer of PPP, which has no fields behind its protocol otherwise.
  if (FieldList* const out = decoder.wish.fields) {
    out->number(kPppFields.code, window.captured[0]);
    out->number(kPppFields.id, window.captured[1]);
    out->number(kPppFields.length, length);
  }
  if (length < kHeader) return decoder.fail(ParseFault::malformed);
  decoder.limit(length);
  decoder.advance(kHeader);
  return {};
}

Next decode_cisco_hdlc(Decoder& decoder) {
  constexpr std::size_t kHeader = 4;
  const Window window = decoder.window();
  if (window.captured.size() < kHeader) return decoder.fail(window.fault_of(kHeader));
  const std::uint16_t protocol = load_u16(window.captured, 2);
  decoder.packet.add(Protocol::cisco_hdlc);
  decoder.packet.ether_type = protocol;
  if (FieldList* const out = decoder.fields(Protocol::cisco_hdlc)) {
    out->number(kCiscoHdlcFields.address, window.captured[0]);
    out->number(kCiscoHdlcFields.control, window.captured[1]);
    out->number(kCiscoHdlcFields.protocol, protocol);
  }
  decoder.advance(kHeader);
  if (protocol == kEthertypeCdp || protocol == kSlarp) return {Space::cisco, protocol};
  return {Space::ether_type, protocol};
}

}  // namespace holter::wire

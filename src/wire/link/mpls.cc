#include "wire/link/mpls.h"

#include <algorithm>
#include <array>

namespace holter::wire {
namespace {

constexpr std::uint32_t kExplicitNullIpv4 = 0;
constexpr std::uint32_t kExplicitNullIpv6 = 2;
constexpr std::size_t kControlWordBytes = 4;

Next ip(Decoder& decoder, std::uint16_t ether_type) {
  decoder.packet.ether_type = ether_type;
  return {Space::ether_type, ether_type};
}

// Two addresses of 6 bytes and a type that is usual, or a length that fits.
bool looks_like_ethernet(Window window) {
  constexpr std::array<std::uint16_t, 11> kUsual = {kEthertypeIp,   kEthertypeIpv6,           kEthertypeArp,
                                                    kEthertypeVlan, kEthertypeQinq,           kEthertypeMpls,
                                                    kEthertypeLldp, kEthertypePppoeDiscovery, kEthertypePppoeSession,
                                                    kEthertypeSlow, kEthertypeQinqOld};
  constexpr std::size_t kHeader = 14;
  constexpr std::uint8_t kGroup = 1;
  if (window.captured.size() < kHeader || (window.captured[6] & kGroup) != 0) return false;
  const std::uint16_t type = load_u16(window.captured, 12);
  if (type <= kLargest8023Length) return type >= 3 && type <= window.claimed - kHeader;
  return std::ranges::find(kUsual, type) != kUsual.end();
}

Next behind_the_stack(Decoder& decoder, std::uint32_t label, FieldList* out) {
  const Window window = decoder.window();
  if (label == kExplicitNullIpv4) return ip(decoder, kEthertypeIp);
  if (label == kExplicitNullIpv6) return ip(decoder, kEthertypeIpv6);
  if (window.captured.empty()) return decoder.fail(window.fault_of(1));
  const unsigned nibble = window.captured[0] >> 4;
  if (nibble == 4) return ip(decoder, kEthertypeIp);
  if (nibble == 6) return ip(decoder, kEthertypeIpv6);
  const Next ethernet{Space::link, static_cast<std::uint16_t>(LinkType::ethernet)};
  if (nibble == 0 && window.captured.size() > kControlWordBytes) {
    const Window behind(window.captured.subspan(kControlWordBytes), window.claimed - kControlWordBytes);
    if (looks_like_ethernet(behind)) {
      if (out != nullptr) out->number(kMplsFields.control_sequence, load_u16(window.captured, 2));
      decoder.advance(kControlWordBytes);
      return ethernet;
    }
  }
  return looks_like_ethernet(window) ? ethernet : Next{};
}

}  // namespace

Parsed<MplsView> MplsView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return MplsView(window.captured.first(kBytes));
}

Next decode_mpls(Decoder& decoder) {
  const auto view = MplsView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::mpls);
  FieldList* const out = decoder.fields(Protocol::mpls);
  if (out != nullptr) {
    out->number(kMplsFields.label, view->label());
    out->number(kMplsFields.traffic_class, view->traffic_class());
    out->flag(kMplsFields.bottom, view->bottom());
    out->number(kMplsFields.ttl, view->ttl());
  }
  decoder.advance(MplsView::kBytes);
  if (!view->bottom()) return {Space::ether_type, kEthertypeMpls};
  return behind_the_stack(decoder, view->label(), out);
}

}  // namespace holter::wire

#include "wire/link/cooked.h"

namespace holter::wire {
namespace {

// Devices whose protocol field is no ether type (if_arp.h): netlink, and 802.11 in its raw, Prism and radiotap forms.
bool carries_ether_type(std::uint16_t hardware_type) {
  constexpr std::uint16_t kNetlink = 824, kWifi = 801, kWifiRadiotap = 803;
  return hardware_type != kNetlink && (hardware_type < kWifi || hardware_type > kWifiRadiotap);
}

void list_fields(const CookedView& view, FieldList& out) {
  out.number(kLinuxCookedFields.packet_type, view.packet_type());
  out.number(kLinuxCookedFields.hardware_type, view.hardware_type());
  out.number(kLinuxCookedFields.address_length, view.address_length());
  out.data(kLinuxCookedFields.src, view.address().first(std::min<std::size_t>(view.address_length(), 8)));
  out.number(kLinuxCookedFields.type, view.protocol());
  if (const auto index = view.interface_index()) out.number(kLinuxCookedFields.interface, *index);
}

Next decode_cooked(Decoder& decoder, const Parsed<CookedView>& view) {
  if (!view) return decoder.fail(view.error());
  Packet& packet = decoder.packet;
  packet.add(Protocol::linux_cooked);
  if (view->address_length() == packet.source_mac.size()) {
    std::copy_n(view->address().begin(), packet.source_mac.size(), packet.source_mac.begin());
  }
  packet.ether_type = carries_ether_type(view->hardware_type()) ? view->protocol() : 0;
  if (FieldList* const out = decoder.fields(Protocol::linux_cooked)) list_fields(*view, *out);
  decoder.advance(view->size());
  // Linux's own numbers for frames without an ether type (if_ether.h).
  constexpr std::uint16_t kNovell = 1, kLlc = 4;
  if (packet.ether_type == kLlc) return {Space::llc, 0};
  if (packet.ether_type == kNovell) return {Space::ether_type, kEthertypeIpx};
  return {Space::ether_type, packet.ether_type};
}

}  // namespace

Parsed<CookedView> CookedView::parse_v1(Window window) {
  if (window.captured.size() < kV1Bytes) return window.fault_of(kV1Bytes);
  return CookedView(window.captured.first(kV1Bytes));
}

Parsed<CookedView> CookedView::parse_v2(Window window) {
  if (window.captured.size() < kV2Bytes) return window.fault_of(kV2Bytes);
  return CookedView(window.captured.first(kV2Bytes));
}

Next decode_cooked_v1(Decoder& decoder) { return decode_cooked(decoder, CookedView::parse_v1(decoder.window())); }
Next decode_cooked_v2(Decoder& decoder) { return decode_cooked(decoder, CookedView::parse_v2(decoder.window())); }

}  // namespace holter::wire

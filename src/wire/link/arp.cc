#include "wire/link/arp.h"

#include <algorithm>

namespace holter::wire {
namespace {

constexpr std::uint16_t kHardwareEthernet = 1;  // ares_hrd$Ethernet

template <std::size_t N>
std::array<std::uint8_t, N> copy_at(Bytes bytes, std::size_t at) {
  std::array<std::uint8_t, N> out{};
  std::ranges::copy(bytes.subspan(at, N), out.begin());
  return out;
}

}  // namespace

void ArpHeader::emit(base::ByteWriter& out) const {
  out.u16(kHardwareEthernet);
  out.u16(kEthertypeIp);
  out.u8(6);
  out.u8(4);
  out.u16(operation);
  out.bytes(sender_mac);
  out.bytes(sender);
  out.bytes(target_mac);
  out.bytes(target);
}

Parsed<ArpView> ArpView::parse(Window window) {
  if (window.captured.size() < ArpHeader::kFixedBytes) return window.fault_of(ArpHeader::kFixedBytes);
  const Bytes bytes = window.captured;
  const bool usual =
      load_u16(bytes, 0) == kHardwareEthernet && load_u16(bytes, 2) == kEthertypeIp && bytes[4] == 6 && bytes[5] == 4;
  if (!usual) return ArpView(bytes.first(ArpHeader::kFixedBytes));
  if (bytes.size() < ArpHeader::kBytes) return window.fault_of(ArpHeader::kBytes);
  return ArpView(bytes.first(ArpHeader::kBytes));
}

ArpHeader ArpView::header() const {
  ArpHeader header;
  header.operation = operation();
  header.sender_mac = copy_at<6>(bytes_, 8);
  header.sender = copy_at<4>(bytes_, 14);
  header.target_mac = copy_at<6>(bytes_, 18);
  header.target = copy_at<4>(bytes_, 24);
  return header;
}

namespace {

void list_fields(const ArpView& view, FieldList& out) {
  const Bytes bytes = view.bytes();
  out.number(kArpFields.hardware_type, load_u16(bytes, 0));
  out.number(kArpFields.protocol_type, load_u16(bytes, 2));
  out.number(kArpFields.hardware_length, bytes[4]);
  out.number(kArpFields.protocol_length, bytes[5]);
  out.number(kArpFields.operation, view.operation());
  if (!view.is_ethernet_ipv4()) return;
  out.data(kArpFields.sender_mac, bytes.subspan(8, 6));
  out.data(kArpFields.sender, bytes.subspan(14, 4));
  out.data(kArpFields.target_mac, bytes.subspan(18, 6));
  out.data(kArpFields.target, bytes.subspan(24, 4));
}

}  // namespace

Next decode_arp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.network_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = ArpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::arp);
  packet.arp_operation = view->operation();
  if (view->is_ethernet_ipv4()) {
    const ArpHeader header = view->header();
    std::ranges::copy(header.sender, packet.source.begin());
    std::ranges::copy(header.target, packet.destination.begin());
    decoder.limit(ArpHeader::kBytes);  // the rest is padding
  }
  if (FieldList* const out = decoder.fields(Protocol::arp)) list_fields(*view, *out);
  decoder.advance(view->size());
  return {};
}

}  // namespace holter::wire

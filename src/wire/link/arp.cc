#include "wire/link/arp.h"

#include <algorithm>

#include "wire/shown_bytes.h"

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
  const std::size_t length = ArpHeader::kFixedBytes + 2 * (window.captured[4] + std::size_t{window.captured[5]});
  if (window.captured.size() < length) return window.fault_of(length);
  return ArpView(window.captured.first(length));
}

bool ArpView::is_ethernet_ipv4() const {
  return bytes_.size() == ArpHeader::kBytes && load_u16(bytes_, 0) == kHardwareEthernet &&
         load_u16(bytes_, 2) == kEthertypeIp && bytes_[4] == 6 && bytes_[5] == 4;
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

constexpr std::uint16_t kHardwareIeee802 = 6;

struct EndFields {
  const FieldInfo& mac;
  const FieldInfo& hardware;
  const FieldInfo& address;
  const FieldInfo& protocol;
};

void list_end(const EndFields& fields, const ArpView& view, std::size_t at, FieldList& out) {
  const Bytes bytes = view.bytes();
  const std::uint16_t kind = load_u16(bytes, 0);
  const Bytes hardware = bytes.subspan(at, bytes[4]);
  const Bytes protocol = bytes.subspan(at + bytes[4], bytes[5]);
  const bool mac = hardware.size() == 6 && (kind == kHardwareEthernet || kind == kHardwareIeee802);
  if (!hardware.empty()) out.data(mac ? fields.mac : fields.hardware, mac ? hardware : shown(hardware));
  const bool ipv4 = protocol.size() == 4 && load_u16(bytes, 2) == kEthertypeIp;
  if (!protocol.empty()) out.data(ipv4 ? fields.address : fields.protocol, ipv4 ? protocol : shown(protocol));
}

void list_fields(const ArpView& view, FieldList& out) {
  const ArpFields& f = kArpFields;
  const Bytes bytes = view.bytes();
  out.number(f.hardware_type, load_u16(bytes, 0));
  out.number(f.protocol_type, load_u16(bytes, 2));
  out.number(f.hardware_length, bytes[4]);
  out.number(f.protocol_length, bytes[5]);
  out.number(f.operation, view.operation());
  constexpr std::size_t kSenderAt = ArpHeader::kFixedBytes;
  const std::size_t target_at = kSenderAt + bytes[4] + bytes[5];
  list_end({f.sender_mac, f.sender_hardware, f.sender, f.sender_protocol}, view, kSenderAt, out);
  list_end({f.target_mac, f.target_hardware, f.target, f.target_protocol}, view, target_at, out);
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
  }
  decoder.limit(view->size());  // the rest is padding
  if (FieldList* const out = decoder.fields(Protocol::arp)) list_fields(*view, *out);
  decoder.advance(view->size());
  return {};
}

}  // namespace holter::wire

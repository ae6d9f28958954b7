// Frames as anybody on the segment may send them, one after the other: a byte for what follows (its length in 8 bytes),
// a byte with the seconds that pass before it (up to 15) and which head is put before it, then the frame, or what is
// behind that head. Sums are taken for left to the device, so that messages over UDP are reached.
#include <algorithm>
#include <array>

#include "base/byte_writer.h"
#include "changes/wire_changes.h"
#include "wire/application/dhcpv6.h"
#include "wire/application/hsrp.h"
#include "wire/dispatch.h"
#include "wire/link/ethernet.h"
#include "wire/network/ipv4.h"
#include "wire/network/ipv6.h"

namespace {

using namespace holter;

enum Head : unsigned { none, bpdu, arp, vrrp, hsrp, hsrp_6, dhcpv6_asks, dhcpv6_gives, glbp, dhcp, icmpv6, kHeads };

constexpr std::array<std::uint8_t, 4> kRouter{192, 0, 2, 1};
constexpr std::array<std::uint8_t, 4> kRouters{224, 0, 0, 2};
constexpr std::array<std::uint8_t, 16> kRouter6{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr std::array<std::uint8_t, 16> kRouters6{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

std::vector<std::uint8_t> datagram(std::uint16_t from, std::uint16_t to, base::Bytes payload) {
  base::ByteWriter out;
  for (const std::size_t number : {std::size_t{from}, std::size_t{to}, 8 + payload.size(), std::size_t{0}}) {
    out.u16(static_cast<std::uint16_t>(number));
  }
  out.bytes(payload);
  return out.take();
}

std::vector<std::uint8_t> framed(std::uint16_t type, base::Bytes inside) {
  base::ByteWriter out;
  wire::EthernetHeader{{1, 0, 0x5e, 0, 0, 2}, {2, 0, 0, 0, 0, 1}, type}.emit(out);
  out.bytes(inside);
  return out.take();
}

// From another router for each length, so that groups change hands.
std::vector<std::uint8_t> over_ipv4(std::uint8_t protocol, base::Bytes inside) {
  wire::Ipv4Header header;
  header.payload_length = static_cast<std::uint16_t>(inside.size());
  header.protocol = protocol;
  header.ttl = 255;
  header.source = kRouter;
  header.source[3] = static_cast<std::uint8_t>(inside.size());
  header.destination = kRouters;
  base::ByteWriter out;
  header.emit(out);
  out.bytes(inside);
  return framed(wire::kEthertypeIp, out.view());
}

std::vector<std::uint8_t> over_ipv6(std::uint8_t protocol, base::Bytes inside) {
  wire::Ipv6Header header;
  header.payload_length = static_cast<std::uint16_t>(inside.size());
  header.next_header = protocol;
  header.hop_limit = 255;
  header.source = kRouter6;
  header.source[15] = static_cast<std::uint8_t>(inside.size());
  header.destination = kRouters6;
  base::ByteWriter out;
  header.emit(out);
  out.bytes(inside);
  return framed(wire::kEthertypeIpv6, out.view());
}

std::vector<std::uint8_t> joined(std::initializer_list<std::uint8_t> first, base::Bytes behind) {
  std::vector<std::uint8_t> all(first);
  all.insert(all.end(), behind.begin(), behind.end());
  return all;
}

// Of one client and one server, with one association of the three kinds.
std::vector<std::uint8_t> dhcpv6_message(std::uint8_t type, base::Bytes behind) {
  constexpr std::array<std::uint8_t, 3> kAssociations{3, 4, 25};
  base::ByteWriter out;
  out.u32(std::uint32_t{type} << 24);
  for (const std::uint8_t duid : {1, 2}) {
    for (const std::uint8_t byte : {std::uint8_t{0}, duid, std::uint8_t{0}, std::uint8_t{4}}) out.u8(byte);
    out.u32(0x00040000U | duid);
  }
  if (behind.empty()) return out.take();
  out.u16(kAssociations[behind[0] % kAssociations.size()]);
  out.u16(static_cast<std::uint16_t>(behind.size() - 1));
  out.bytes(behind.subspan(1));
  return out.take();
}

std::vector<std::uint8_t> with_head(unsigned head, base::Bytes behind) {
  const auto udp = wire::kIpprotoUdp;
  switch (head % kHeads) {
    case bpdu: {
      const auto message = joined({0x42, 0x42, 0x03, 0, 0, 3, 2}, behind);
      return framed(static_cast<std::uint16_t>(message.size()), message);
    }
    case arp: return framed(wire::kEthertypeArp, behind);
    case vrrp: return over_ipv4(changes::kIpprotoVrrp, behind);
    case hsrp:
      return over_ipv4(udp, datagram(wire::kHsrpPort, wire::kHsrpPort, joined({0, 0, wire::kHsrpActive1}, behind)));
    case hsrp_6: return over_ipv6(udp, datagram(wire::kHsrpPort6, wire::kHsrpPort6, joined({1, 40, 2, 0}, behind)));
    case dhcpv6_asks:
      return over_ipv6(udp, datagram(wire::kDhcpv6ClientPort, wire::kDhcpv6ServerPort, dhcpv6_message(1, behind)));
    case dhcpv6_gives:
      return over_ipv6(udp, datagram(wire::kDhcpv6ServerPort, wire::kDhcpv6ClientPort, dhcpv6_message(7, behind)));
    case glbp: return over_ipv4(udp, datagram(changes::kGlbpPort, changes::kGlbpPort, joined({1, 0}, behind)));
    case dhcp: return over_ipv4(udp, datagram(67, 68, behind));
    case icmpv6: return over_ipv6(wire::kIpprotoIcmpv6, behind);
    default: return {behind.begin(), behind.end()};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  changes::WireChanges changes;
  base::Bytes left(data, size);
  auto now = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);
  std::vector<record::Record> told;
  const wire::DecodeHints hints{.checksum_not_ready = true};
  while (left.size() > 2) {
    const std::size_t length = std::min<std::size_t>(left[0] * std::size_t{8}, left.size() - 2);
    now += base::Duration::seconds(left[1] % 16);
    const auto frame = with_head(left[1] / 16U, left.subspan(2, length));
    left = left.subspan(2 + length);
    const auto original = static_cast<std::uint32_t>(frame.size());
    const wire::Packet packet = wire::decode(frame, original, wire::LinkType::ethernet, hints);
    if (changes::WireChanges::may_matter(packet)) {
      changes.observe({frame, original, wire::LinkType::ethernet, hints, false}, packet, now);
    }
    changes.advance(now);
    changes.take("fuzz0", told);
  }
  return 0;
}

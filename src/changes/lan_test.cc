#include "changes/lan_test.h"

#include "wire/checksum.h"
#include "wire/network/ipv6.h"

namespace holter::changes::test {
namespace {

constexpr std::uint16_t kEthertypeLldp = 0x88cc;
constexpr MacAddress kLldpGroup = {0x01, 0x80, 0xc2, 0, 0, 0x0e};
constexpr MacAddress kStpGroup = {0x01, 0x80, 0xc2, 0, 0, 0};
constexpr MacAddress kCiscoGroup = {0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc};
constexpr MacAddress kPvstGroup = {0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd};
const base::IpAddress kAllNodes = base::IpAddress::v6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

void put_mac_option(base::ByteWriter& out, std::uint8_t type, const MacAddress& mac) {
  out.u8(type);
  out.u8(1);
  out.bytes(mac);
}

void put_address(base::ByteWriter& out, const base::IpAddress& address) { out.bytes(address.bytes()); }

void put_documentation(base::ByteWriter& out, std::uint8_t subnet, std::uint8_t host) {
  const std::array<std::uint8_t, 16> bytes{0x20, 1, 0xd, 0xb8, 0, 0, 0, subnet, 0, 0, 0, 0, 0, 0, 0, host};
  out.bytes(bytes);
}

FrameBytes llc_frame(const MacAddress& to, const MacAddress& from, base::Bytes behind) {
  return ethernet_from(to, from, static_cast<std::uint16_t>(behind.size()), behind);
}

void put_bridge(base::ByteWriter& out, std::uint16_t priority, std::uint8_t number) {
  out.u16(priority);
  out.bytes(mac(number));
}

}  // namespace

FrameBytes icmpv6(const base::IpAddress& from, const base::IpAddress& to, std::vector<std::uint8_t> message,
                  std::uint8_t hops) {
  wire::ChecksumSum sum;
  sum.add(from.bytes());
  sum.add(to.bytes());
  const std::array<std::uint8_t, 8> rest{0, 0, 0, static_cast<std::uint8_t>(message.size()), 0, 0, 0, 58};
  sum.add(rest);
  sum.add(message);
  const std::uint16_t check = sum.finish();
  message[2] = static_cast<std::uint8_t>(check >> 8);
  message[3] = static_cast<std::uint8_t>(check);
  FrameBytes frame = wire::test::ip_frame(from, to, wire::kIpprotoIcmpv6, message);
  frame[14 + 7] = hops;
  return frame;
}

FrameBytes neighbour_advertisement(const base::IpAddress& whose, const MacAddress& at, bool override) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {136, 0, 0, 0}) out.u8(byte);
  out.u32(override ? 0x60000000 : 0x40000000);
  put_address(out, whose);
  put_mac_option(out, 2, at);
  return icmpv6(whose, kAllNodes, out.take());
}

FrameBytes neighbour_solicitation(const base::IpAddress& from, const MacAddress& at, const base::IpAddress& target) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {135, 0, 0, 0, 0, 0, 0, 0}) out.u8(byte);
  put_address(out, target);
  if (!from.is_any()) put_mac_option(out, 1, at);
  return icmpv6(from, kAllNodes, out.take());
}

FrameBytes router_advertisement(std::uint8_t router, const Advertisement& said) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {134, 0, 0, 0, 64}) out.u8(byte);
  out.u8(said.managed ? 0x80 : 0);
  out.u16(said.lifetime);
  out.u32(0);
  out.u32(0);
  put_mac_option(out, 1, mac(router));
  for (const std::uint8_t prefix : said.prefixes) {
    for (const std::uint8_t byte : {3, 4, 64, 0xc0}) out.u8(byte);
    out.u32(said.valid);
    out.u32(said.valid);
    out.u32(0);
    put_documentation(out, prefix, 0);
  }
  if (!said.servers.empty()) {
    out.u8(25);
    out.u8(static_cast<std::uint8_t>(1 + 2 * said.servers.size()));
    out.u16(0);
    out.u32(said.servers_for);
    for (const std::uint8_t server : said.servers) put_documentation(out, 0, server);
  }
  return icmpv6(ip6(router), kAllNodes, out.take());
}

FrameBytes lldp(const LldpHello& hello) {
  base::ByteWriter out;
  const auto tlv = [&out](std::uint16_t type, std::size_t length) {
    out.u16(static_cast<std::uint16_t>(type << 9 | length));
  };
  tlv(1, 7);
  out.u8(4);
  out.bytes(mac(hello.chassis));
  tlv(2, 1 + hello.port.size());
  out.u8(5);
  out.bytes(wire::test::bytes_of(hello.port));
  tlv(3, 2);
  out.u16(hello.ttl);
  if (hello.ttl != 0) {
    tlv(5, hello.name.size());
    out.bytes(wire::test::bytes_of(hello.name));
  }
  tlv(0, 0);
  return ethernet_from(kLldpGroup, mac(hello.chassis), kEthertypeLldp, out.view());
}

FrameBytes cdp(const std::string& device, const std::string& port, std::uint8_t ttl) {
  base::ByteWriter message;
  message.u8(2);
  message.u8(ttl);
  message.u16(0);
  const auto tlv = [&message](std::uint16_t type, const std::string& text) {
    message.u16(type);
    message.u16(static_cast<std::uint16_t>(4 + text.size()));
    message.bytes(wire::test::bytes_of(text));
  };
  tlv(1, device);
  tlv(3, port);
  std::vector<std::uint8_t> bytes = message.take();
  wire::ChecksumSum sum;
  sum.add(bytes);
  const std::uint16_t check = sum.finish();
  bytes[2] = static_cast<std::uint8_t>(check >> 8);
  bytes[3] = static_cast<std::uint8_t>(check);
  base::ByteWriter out;
  for (const std::uint8_t byte : {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00}) out.u8(byte);
  out.bytes(bytes);
  return llc_frame(kCiscoGroup, mac(0x52), out.view());
}

FrameBytes bpdu(const Bpdu& said) {
  base::ByteWriter out;
  if (said.vlan == 0) {
    for (const std::uint8_t byte : {0x42, 0x42, 0x03}) out.u8(byte);
  } else {
    for (const std::uint8_t byte : {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x01, 0x0b}) out.u8(byte);
  }
  for (const std::uint8_t byte : {0, 0, 2, 2}) out.u8(byte);
  out.u8(said.topology_change ? 0x3d : 0x3c);
  put_bridge(out, static_cast<std::uint16_t>(said.root_priority + said.vlan), said.root);
  out.u32(said.root == said.sender ? 0 : 4);
  put_bridge(out, static_cast<std::uint16_t>(said.sender_priority + said.vlan), said.sender);
  out.u16(0x8001);
  for (const std::uint16_t time : {0, 20 * 256, 2 * 256, 15 * 256}) out.u16(time);
  out.u8(0);
  if (said.vlan != 0) {
    out.u16(0);
    out.u16(2);
    out.u16(said.vlan);
  }
  return llc_frame(said.vlan == 0 ? kStpGroup : kPvstGroup, mac(said.sender), out.view());
}

FrameBytes topology_change_notification(std::uint8_t sender) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {0x42, 0x42, 0x03, 0, 0, 0, 0x80}) out.u8(byte);
  return llc_frame(kStpGroup, mac(sender), out.view());
}

FrameBytes dhcp(const Dhcp& message) {
  const bool asks = message.type == 1 || message.type == 3;
  base::ByteWriter out;
  out.u8(asks ? 1 : 2);
  for (const std::uint8_t byte : {1, 6, 0}) out.u8(byte);
  out.u32(0x1234);
  out.u32(0);
  out.u32(0);
  out.bytes(asks ? std::array<std::uint8_t, 4>{} : ip4(message.address));
  out.u32(0);
  out.u32(0);
  out.bytes(mac(message.client));
  for (unsigned i = 0; i < 10 + 64 + 128; ++i) out.u8(0);
  out.u32(0x63825363);
  for (const std::uint8_t byte : {std::uint8_t{53}, std::uint8_t{1}, message.type}) out.u8(byte);
  if (!asks) {
    for (const std::uint8_t byte : {54, 4}) out.u8(byte);
    out.bytes(ip4(message.server));
    for (const std::uint8_t byte : {51, 4}) out.u8(byte);
    out.u32(message.seconds);
    for (const std::uint8_t byte : {3, 4}) out.u8(byte);
    out.bytes(ip4(message.router));
  }
  out.u8(255);
  const std::vector<std::uint8_t> bytes = out.take();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const base::Endpoint client{base::IpAddress::v4({0, 0, 0, 0}), 68};
  const base::Endpoint all{base::IpAddress::v4({255, 255, 255, 255}), static_cast<std::uint16_t>(asks ? 67 : 68)};
  const base::Endpoint server{base::IpAddress::v4(ip4(message.server)), 67};
  return wire::test::udp_frame(asks ? client : server, all, text);
}

FrameBytes vrrp(std::uint8_t router, std::uint8_t ttl) {
  const std::array<std::uint8_t, 12> message{0x31, 10, 100, 1, 0, 100, 0, 0, 192, 0, 2, 1};
  wire::Ipv4Header header;
  header.payload_length = message.size();
  header.protocol = kIpprotoVrrp;
  header.ttl = ttl;
  header.source = ip4(router);
  header.destination = {224, 0, 0, 18};
  base::ByteWriter out;
  header.emit(out);
  out.bytes(message);
  return ethernet_from({1, 0, 0x5e, 0, 0, 18}, {0, 0, 0x5e, 0, 1, 10}, wire::kEthertypeIp, out.view());
}

Lan Lan::long_watched() {
  Lan lan;
  lan.pass(base::Duration::seconds(4'000));
  return lan;
}

void Lan::send(const FrameBytes& frame, bool outgoing) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  const wire::DecodeWish wish{.checksums = false};  // as a capture's pipeline does
  const wire::Packet packet = wire::decode(frame, length, wire::LinkType::ethernet, {}, wish);
  if (!WireChanges::may_matter(packet)) return;
  changes_.observe({frame, length, wire::LinkType::ethernet, {}, outgoing}, packet, now_);
}

void Lan::pass(base::Duration time) {
  for (auto left = time; left > base::Duration::zero(); left = left - base::Duration::seconds(1)) {
    now_ += std::min(left, base::Duration::seconds(1));
    changes_.advance(now_);
  }
}

std::vector<std::string> Lan::told() {
  std::vector<record::Record> records;
  changes_.take("eth0", records);
  std::vector<std::string> lines;
  for (const auto& record : records) {
    if (const auto* const change = std::get_if<record::NetworkChange>(&record)) {
      lines.push_back(fmt::format("{} {}: {} -> {}", change->what, change->subject.raw(), change->before.raw(),
                                  change->after.raw()));
    }
    if (const auto* const gap = std::get_if<record::Gap>(&record)) gaps_.push_back(*gap);
  }
  return lines;
}

}  // namespace holter::changes::test

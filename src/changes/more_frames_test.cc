#include "changes/more_frames_test.h"

#include <algorithm>
#include <string_view>

#include "wire/application/hsrp.h"
#include "wire/checksum.h"

namespace holter::changes::test {
namespace {

constexpr MacAddress kStpGroup = {0x01, 0x80, 0xc2, 0, 0, 0};
constexpr std::uint8_t kAdvertise = 2;
constexpr std::uint8_t kReply = 7;

base::IpAddress ip6_group(std::uint8_t high, std::uint8_t low) {
  return base::IpAddress::v6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, high, low});
}

std::string_view text_of(const base::ByteWriter& out) {
  return {reinterpret_cast<const char*>(out.view().data()), out.view().size()};
}

void put_option(base::ByteWriter& out, std::uint16_t code, base::Bytes value) {
  out.u16(code);
  out.u16(static_cast<std::uint16_t>(value.size()));
  out.bytes(value);
}

void put_duid(base::ByteWriter& out, std::uint16_t code, std::uint8_t number) {
  base::ByteWriter duid;
  duid.u32(0x00030001);
  duid.bytes(mac(number));
  put_option(out, code, duid.view());
}

void put_documentation(base::ByteWriter& out, std::uint8_t subnet, std::uint8_t host) {
  const std::array<std::uint8_t, 16> bytes{0x20, 1, 0xd, 0xb8, 0, 0, 0, subnet, 0, 0, 0, 0, 0, 0, 0, host};
  out.bytes(bytes);
}

void put_given(base::ByteWriter& out, const Given6& given, bool prefix) {
  base::ByteWriter value;
  if (!prefix) put_documentation(value, 0x32, given.number);
  value.u32(given.valid / 2);
  value.u32(given.valid);
  if (prefix) {
    value.u8(64);
    put_documentation(value, given.number, 0);
  }
  put_option(out, prefix ? 26 : 5, value.view());
}

void put_association(base::ByteWriter& out, const Association6& association) {
  base::ByteWriter value;
  value.u32(association.id);
  if (association.type != 4) {
    value.u32(0);
    value.u32(0);
  }
  for (const Given6& given : association.given) put_given(value, given, association.type == 25);
  put_option(out, association.type, value.view());
}

void put_bridge(base::ByteWriter& out, std::uint16_t priority, std::uint8_t number) {
  out.u16(priority);
  out.bytes(mac(number));
}

}  // namespace

FrameBytes dhcpv6(const Dhcpv6& message) {
  const bool gives = message.type == kReply || message.type == kAdvertise;
  base::ByteWriter out;
  out.u32(std::uint32_t{message.type} << 24 | 0xabcdef);
  put_duid(out, 1, message.client);
  if (gives) put_duid(out, 2, message.server);
  for (const Association6& association : message.associations) put_association(out, association);
  if (message.status != 0) {
    base::ByteWriter status;
    status.u16(message.status);
    put_option(out, 13, status.view());
  }
  if (!message.name.empty()) {
    base::ByteWriter name;
    name.u8(0);
    name.u8(static_cast<std::uint8_t>(message.name.size()));
    name.text(message.name);
    put_option(out, 39, name.view());
  }
  if (message.relayed) {
    base::ByteWriter relay;
    relay.u16(13 << 8);
    put_documentation(relay, 0x32, 1);
    relay.bytes(ip6(0xc).bytes());
    put_option(relay, 9, out.view());
    return wire::test::udp_frame({ip6(message.server), 547}, {ip6(0xd), 547}, text_of(relay));
  }
  if (gives) return wire::test::udp_frame({ip6(message.server), 547}, {ip6(0xc), 546}, text_of(out));
  return wire::test::udp_frame({ip6(0xc), 546}, {ip6_group(1, 2), 547}, text_of(out));
}

FrameBytes mst_bpdu(const MstBpdu& said) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {0x42, 0x42, 0x03, 0, 0, 3, 2}) out.u8(byte);
  out.u8(said.topology_change ? 0x3d : 0x3c);
  put_bridge(out, 0x8000, said.root);
  out.u32(200'000);
  put_bridge(out, 0x8000, said.regional_root);
  out.u16(0x8001);
  for (const std::uint16_t time : {0, 20 * 256, 2 * 256, 15 * 256}) out.u16(time);
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(64 + 16 * said.instances.size()));
  out.u8(0);
  out.text(said.region);
  out.zeros(32 - said.region.size());
  out.u16(said.revision);
  for (unsigned i = 0; i < 16; ++i) out.u8(said.digest);
  out.u32(20'000);
  put_bridge(out, 0x8000, said.sender);
  out.u8(19);
  for (const MstInstance& instance : said.instances) {
    out.u8(instance.topology_change ? 0x3d : 0x3c);
    put_bridge(out, static_cast<std::uint16_t>(instance.root_priority | instance.id), instance.root);
    out.u32(20'000);
    for (const std::uint8_t byte : {0x80, 0x80, 19}) out.u8(byte);
  }
  return ethernet_from(kStpGroup, mac(said.sender), static_cast<std::uint16_t>(out.view().size()), out.view());
}

FrameBytes hsrp(std::uint8_t router, std::uint8_t state, std::uint8_t opcode, std::uint8_t group) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {std::uint8_t{0}, opcode, state, std::uint8_t{3}, std::uint8_t{10}}) out.u8(byte);
  for (const std::uint8_t byte : {std::uint8_t{100}, group, std::uint8_t{0}}) out.u8(byte);
  out.text("cisco");
  out.zeros(3);
  out.bytes(ip4(1));
  const base::Endpoint all{base::IpAddress::v4({224, 0, 0, 2}), wire::kHsrpPort};
  return wire::test::udp_frame({base::IpAddress::v4(ip4(router)), wire::kHsrpPort}, all, text_of(out));
}

FrameBytes hsrp_2(std::uint8_t router, std::uint8_t state, bool v4) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {1, 40, 2, 0}) out.u8(byte);
  out.u8(state);
  out.u8(v4 ? 4 : 6);
  out.u16(291);
  out.bytes(mac(router));
  for (const std::uint32_t number : {100U, 3'000U, 10'000U}) out.u32(number);
  out.bytes(v4 ? base::Bytes(ip4(1)) : ip6(1).bytes());
  out.zeros(v4 ? 12 : 0);
  if (!v4) {
    return wire::test::udp_frame({ip6(router), wire::kHsrpPort6}, {ip6_group(0, 0x66), wire::kHsrpPort6}, text_of(out));
  }
  const base::Endpoint all{base::IpAddress::v4({224, 0, 0, 102}), wire::kHsrpPort};
  return wire::test::udp_frame({base::IpAddress::v4(ip4(router)), wire::kHsrpPort}, all, text_of(out));
}

FrameBytes glbp(std::uint8_t router, std::uint8_t state) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {1, 0, 0, 9, 0, 0}) out.u8(byte);
  out.bytes(mac(router));
  for (const std::uint8_t byte : {1, 28, 0}) out.u8(byte);
  out.u8(state);
  for (const std::uint8_t byte : {0, 100, 0, 0}) out.u8(byte);
  for (const std::uint32_t number : {3'000U, 10'000U, 600U << 16 | 14'400U, 0x00000104U}) out.u32(number);
  out.bytes(ip4(1));
  const base::Endpoint all{base::IpAddress::v4({224, 0, 0, 102}), kGlbpPort};
  return wire::test::udp_frame({base::IpAddress::v4(ip4(router)), kGlbpPort}, all, text_of(out));
}

FrameBytes carp(std::uint8_t router) {
  const std::array<std::uint8_t, 36> message{0x21, 10, 0, 7, 0, 1};
  wire::Ipv4Header header;
  header.payload_length = message.size();
  header.protocol = kIpprotoVrrp;
  header.ttl = 255;
  header.source = ip4(router);
  header.destination = {224, 0, 0, 18};
  base::ByteWriter out;
  header.emit(out);
  out.bytes(message);
  return ethernet_from({1, 0, 0x5e, 0, 0, 18}, mac(router), wire::kEthertypeIp, out.view());
}

FrameBytes sent_to(FrameBytes frame, const std::array<std::uint8_t, 4>& destination) {
  std::ranges::copy(destination, frame.begin() + 14 + 16);
  frame[14 + 10] = frame[14 + 11] = 0;
  wire::ChecksumSum sum;
  sum.add(base::Bytes(frame).subspan(14, 20));
  const std::uint16_t check = sum.finish();
  frame[14 + 10] = static_cast<std::uint8_t>(check >> 8);
  frame[14 + 11] = static_cast<std::uint8_t>(check);
  frame[14 + 20 + 6] = frame[14 + 20 + 7] = 0;  // UDP's is left out
  return frame;
}

}  // namespace holter::changes::test

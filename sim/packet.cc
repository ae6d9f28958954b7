#include "sim/packet.h"

#include <algorithm>

#include "base/byte_writer.h"

namespace holter::sim {
namespace {

// Enough of the packet that a receiver finds the socket it came from (RFC 1812: up to 576 bytes in all).
constexpr std::size_t kQuotedBytes = 548;

std::uint32_t sum_words(base::Bytes bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  return sum;
}

std::uint16_t folded(std::uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::uint32_t pseudo_header(const Packet& packet, std::size_t length) {
  return sum_words(packet.destination.address.bytes(), sum_words(packet.source.address.bytes())) +
         static_cast<std::uint32_t>(packet.protocol) + static_cast<std::uint32_t>(length);
}

std::vector<std::uint8_t> transport(const Packet& packet) {
  if (packet.protocol != Protocol::udp) return packet.payload;
  base::ByteWriter out;
  const std::size_t length = 8 + packet.payload.size();
  out.u16(packet.source.port);
  out.u16(packet.destination.port);
  out.u16(static_cast<std::uint16_t>(length));
  out.u16(0);
  out.bytes(packet.payload);
  const std::uint16_t sum = folded(sum_words(out.view(), pseudo_header(packet, length)));
  out.patch_u16(6, sum == 0 ? 0xffff : sum);
  return out.take();
}

std::vector<std::uint8_t> ip_bytes(const Packet& packet) {
  const auto segment = transport(packet);
  base::ByteWriter out;
  if (packet.source.address.is_v4()) {
    out.u8(0x45);
    out.u8(static_cast<std::uint8_t>(packet.dscp << 2));
    out.u16(static_cast<std::uint16_t>(20 + segment.size()));
    out.u32(0x0000'4000);  // identification 0, do not fragment
    out.u8(packet.ttl);
    out.u8(static_cast<std::uint8_t>(packet.protocol));
    out.u16(0);
    out.bytes(packet.source.address.bytes());
    out.bytes(packet.destination.address.bytes());
    out.patch_u16(10, folded(sum_words(out.view())));
  } else {
    out.u32(0x6000'0000U | static_cast<std::uint32_t>(packet.dscp) << 22);
    out.u16(static_cast<std::uint16_t>(segment.size()));
    out.u8(static_cast<std::uint8_t>(packet.protocol));
    out.u8(packet.ttl);
    out.bytes(packet.source.address.bytes());
    out.bytes(packet.destination.address.bytes());
  }
  out.bytes(segment);
  return out.take();
}

bool is_icmp(const Packet& packet) { return packet.protocol == Protocol::icmp || packet.protocol == Protocol::icmp6; }

// FNV-1a.
std::uint64_t hashed(base::Bytes bytes, std::uint64_t hash) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100'0000'01b3U;
  return hash;
}

void put_mac(base::ByteWriter& out, const base::IpAddress& address) {
  out.u16(0x0200);  // locally administered
  out.bytes(address.bytes().last(4));
}

}  // namespace

std::uint64_t flow_of(const Packet& packet) {
  constexpr std::size_t kTypeToIdentifier = 6;
  base::ByteWriter ports;
  ports.u16(packet.source.port);
  ports.u16(packet.destination.port);
  std::uint64_t hash = hashed(packet.source.address.bytes(), 0xcbf2'9ce4'8422'2325U);
  hash = hashed(packet.destination.address.bytes(), hash);
  hash = hashed(is_icmp(packet) ? base::Bytes(packet.payload).first(kTypeToIdentifier) : ports.view(), hash);
  return hash ^ hash >> 32;
}

Protocol icmp_of(base::IpAddress::Family family) {
  return family == base::IpAddress::Family::v4 ? Protocol::icmp : Protocol::icmp6;
}

bool is_echo_request(const Packet& packet) {
  if (!is_icmp(packet) || packet.payload.size() < kIcmpHeaderBytes) return false;
  return packet.payload[0] == (packet.protocol == Protocol::icmp ? 8 : 128);
}

bool is_echo_reply(const Packet& packet) {
  if (!is_icmp(packet) || packet.payload.size() < kIcmpHeaderBytes) return false;
  return packet.payload[0] == (packet.protocol == Protocol::icmp ? 0 : 129);
}

std::uint16_t echo_id(const Packet& packet) {
  return static_cast<std::uint16_t>(packet.payload.at(4) << 8 | packet.payload.at(5));
}

Packet echo_reply_to(const Packet& packet) {
  Packet reply = packet;
  std::swap(reply.source, reply.destination);
  reply.ttl = 64;
  reply.payload.at(0) = packet.protocol == Protocol::icmp ? 0 : 129;
  set_icmp_checksum(reply);
  return reply;
}

Packet icmp_error(IcmpError error, const Packet& packet, const base::IpAddress& offender) {
  const bool v4 = offender.is_v4();
  Packet out;
  out.protocol = icmp_of(offender.family());
  out.source.address = offender;
  out.destination.address = packet.source.address;
  out.quoted = std::make_shared<Packet>(packet);
  base::ByteWriter message;
  if (error == IcmpError::time_exceeded) {
    message.u16(v4 ? 0x0b00 : 0x0300);
  } else if (error == IcmpError::port_unreachable) {
    message.u16(v4 ? 0x0303 : 0x0104);
  } else {
    message.u16(v4 ? 0x0301 : 0x0103);
  }
  message.zeros(6);
  const auto quote = ip_bytes(packet);
  message.bytes(base::Bytes(quote).first(std::min(quote.size(), kQuotedBytes)));
  out.payload = message.take();
  set_icmp_checksum(out);
  return out;
}

void set_icmp_checksum(Packet& packet) {
  packet.payload.at(2) = packet.payload.at(3) = 0;
  const std::uint32_t start = packet.protocol == Protocol::icmp6 ? pseudo_header(packet, packet.payload.size()) : 0;
  const std::uint16_t sum = folded(sum_words(packet.payload, start));
  packet.payload[2] = static_cast<std::uint8_t>(sum >> 8);
  packet.payload[3] = static_cast<std::uint8_t>(sum);
}

std::vector<std::uint8_t> to_frame(const Packet& packet) {
  base::ByteWriter out;
  put_mac(out, packet.destination.address);
  put_mac(out, packet.source.address);
  out.u16(packet.source.address.is_v4() ? 0x0800 : 0x86dd);
  out.bytes(ip_bytes(packet));
  return out.take();
}

}  // namespace holter::sim

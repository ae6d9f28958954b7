// Frames for tests, built with the headers' own emit(): whole Ethernet frames of each protocol. Tests only.
#pragma once

#include <string_view>
#include <vector>

#include "base/ip.h"
#include "wire/link/arp.h"
#include "wire/link/ethernet.h"
#include "wire/link/vlan.h"
#include "wire/network/icmp.h"
#include "wire/network/ipv4.h"
#include "wire/network/ipv6.h"
#include "wire/transport/tcp.h"
#include "wire/transport/udp.h"

namespace holter::wire::test {

using FrameBytes = std::vector<std::uint8_t>;

inline const base::IpAddress kA4 = base::IpAddress::v4({192, 0, 2, 1});
inline const base::IpAddress kB4 = base::IpAddress::v4({192, 0, 2, 2});
inline const base::IpAddress kA6 = base::IpAddress::v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
inline const base::IpAddress kB6 = base::IpAddress::v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const base::IpAddress& address) {
  std::array<std::uint8_t, N> out{};
  std::copy_n(address.bytes().begin(), N, out.begin());
  return out;
}

inline FrameBytes ethernet(std::uint16_t ether_type, Bytes inside) {
  base::ByteWriter out;
  EthernetHeader{{2, 0, 0, 0, 0, 2}, {2, 0, 0, 0, 0, 1}, ether_type}.emit(out);
  out.bytes(inside);
  return out.take();
}

// An IP packet of the addresses' family without a link header.
inline FrameBytes ip_packet(const base::IpAddress& from, const base::IpAddress& to, std::uint8_t protocol,
                            Bytes inside) {
  base::ByteWriter out;
  if (from.is_v4()) {
    Ipv4Header header;
    header.payload_length = static_cast<std::uint16_t>(inside.size());
    header.protocol = protocol;
    header.source = array_of<4>(from);
    header.destination = array_of<4>(to);
    header.emit(out);
  } else {
    Ipv6Header header;
    header.payload_length = static_cast<std::uint16_t>(inside.size());
    header.next_header = protocol;
    header.source = array_of<16>(from);
    header.destination = array_of<16>(to);
    header.emit(out);
  }
  out.bytes(inside);
  return out.take();
}

inline FrameBytes ip_frame(const base::IpAddress& from, const base::IpAddress& to, std::uint8_t protocol,
                           Bytes inside) {
  return ethernet(from.is_v4() ? kEthertypeIp : kEthertypeIpv6, ip_packet(from, to, protocol, inside));
}

inline FrameBytes udp_frame(const base::Endpoint& from, const base::Endpoint& to, std::string_view payload) {
  base::ByteWriter out;
  UdpHeader{from.port, to.port}.emit(out, bytes_of(payload), from.address, to.address);
  return ip_frame(from.address, to.address, kIpprotoUdp, out.view());
}

inline FrameBytes tcp_frame(const base::Endpoint& from, const base::Endpoint& to, std::uint8_t flags,
                            std::string_view payload = "") {
  base::ByteWriter out;
  const std::array<std::uint8_t, 8> options{2, 4, 5, 0xb4, 1, 1, 4, 2};  // MSS 1460, padding, SACK permitted
  const Bytes list = (flags & kTcpSyn) != 0 ? Bytes(options) : Bytes();
  TcpHeader{from.port, to.port, 1'000, 2'000, flags, 64'240}.emit(out, list, bytes_of(payload), from.address,
                                                                  to.address);
  return ip_frame(from.address, to.address, kIpprotoTcp, out.view());
}

inline FrameBytes echo_frame(const base::IpAddress& from, const base::IpAddress& to, bool reply, std::uint16_t id,
                             std::uint16_t sequence, std::string_view payload = "holter") {
  base::ByteWriter out;
  if (from.is_v4()) {
    IcmpEchoHeader{reply ? kIcmpEchoReply : kIcmpEcho, 0, id, sequence}.emit(out, bytes_of(payload));
    return ip_frame(from, to, kIpprotoIcmp, out.view());
  }
  const IcmpEchoHeader header{reply ? kIcmpv6EchoReply : kIcmpv6EchoRequest, 0, id, sequence};
  header.emit(out, bytes_of(payload), from, to);
  return ip_frame(from, to, kIpprotoIcmpv6, out.view());
}

// A frame with one more tag in front of what it carried.
inline FrameBytes tagged(const FrameBytes& frame, std::uint16_t tpid, std::uint16_t tci) {
  base::ByteWriter out;
  out.bytes(Bytes(frame).first(12));
  out.u16(tpid);
  out.u16(tci);
  out.bytes(Bytes(frame).subspan(12));
  return out.take();
}

}  // namespace holter::wire::test

#include "env/linux/arrival_message.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/time.h>
#include <time.h>

#include <cerrno>
#include <cstring>

#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"

namespace holter::env_linux {
namespace {

template <class T>
bool read_payload(const cmsghdr& header, T& into) {
  if (header.cmsg_len < CMSG_LEN(sizeof into)) return false;
  std::memcpy(&into, CMSG_DATA(&header), sizeof into);
  return true;
}

// The three stamps are software, deprecated, hardware; only the first is asked for.
void read_stamp(const cmsghdr& header, env::Arrival& arrival) {
  timespec stamps[3] = {};
  if (!read_payload(header, stamps) || (stamps[0].tv_sec == 0 && stamps[0].tv_nsec == 0)) return;
  arrival.stamp =
      base::PacketTime::from_nanoseconds(std::int64_t{stamps[0].tv_sec} * 1'000'000'000 + stamps[0].tv_nsec);
}

void read_ttl(const cmsghdr& header, env::Arrival& arrival) {
  int ttl = 0;
  if (read_payload(header, ttl) && ttl >= 0 && ttl <= 255) arrival.ttl = static_cast<std::uint8_t>(ttl);
}

template <class Info, class Index>
void read_interface(const cmsghdr& header, Index Info::* index, env::Arrival& arrival) {
  Info info{};
  if (read_payload(header, info)) arrival.interface = static_cast<std::uint32_t>(info.*index);
}

std::optional<base::IpAddress> offender_of(const cmsghdr& header) {
  const std::size_t at = CMSG_LEN(sizeof(sock_extended_err));
  if (header.cmsg_len <= at) return std::nullopt;
  sockaddr_storage address{};
  const std::size_t size = std::min<std::size_t>(header.cmsg_len - at, sizeof address);
  std::memcpy(&address, CMSG_DATA(&header) + sizeof(sock_extended_err), size);
  const auto endpoint = endpoint_of(address);
  if (!endpoint || endpoint->address.is_any()) return std::nullopt;
  return endpoint->address;
}

void read_error(const cmsghdr& header, env::Arrival& arrival) {
  sock_extended_err error{};
  if (!read_payload(header, error)) return;
  if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
    arrival.kind = env::Arrival::Kind::transmitted;
    arrival.send_number = error.ee_data;
    return;
  }
  arrival.error = kind_of_errno(static_cast<int>(error.ee_errno));
  if (error.ee_errno == EMSGSIZE) arrival.mtu = error.ee_info;
  if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) return;
  // The kernel's word for a router that prohibits is EACCES (ICMPv6), which else means this host.
  if (arrival.error == base::ErrorKind::permission) arrival.error = base::ErrorKind::unreachable;
  arrival.icmp_type = error.ee_type;
  arrival.icmp_code = error.ee_code;
  arrival.offender = offender_of(header);
}

void read_control(const msghdr& message, env::Arrival& arrival) {
  // The macros want a msghdr that may be changed; they do not.
  auto* walked = const_cast<msghdr*>(&message);
  for (cmsghdr* header = CMSG_FIRSTHDR(walked); header != nullptr; header = CMSG_NXTHDR(walked, header)) {
    const int level = header->cmsg_level;
    const int type = header->cmsg_type;
    if (level == SOL_SOCKET && type == SCM_TIMESTAMPING) read_stamp(*header, arrival);
    if (level == IPPROTO_IP && type == IP_TTL) read_ttl(*header, arrival);
    if (level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT) read_ttl(*header, arrival);
    if (level == IPPROTO_IP && type == IP_PKTINFO) read_interface(*header, &in_pktinfo::ipi_ifindex, arrival);
    if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) read_interface(*header, &in6_pktinfo::ipi6_ifindex, arrival);
    const bool error = (level == IPPROTO_IP && type == IP_RECVERR) || (level == IPPROTO_IPV6 && type == IPV6_RECVERR);
    if (error && arrival.kind == env::Arrival::Kind::error) read_error(*header, arrival);
  }
}

env::Arrival arrival_of(env::Arrival::Kind kind, const msghdr& message, base::Bytes data) {
  env::Arrival arrival;
  arrival.kind = kind;
  sockaddr_storage peer{};
  if (message.msg_namelen > 0) {
    std::memcpy(&peer, message.msg_name, std::min<std::size_t>(message.msg_namelen, sizeof peer));
  }
  arrival.peer = endpoint_of(peer).value_or(base::Endpoint{});
  arrival.cut = (message.msg_flags & MSG_TRUNC) != 0;
  arrival.data.assign(data.begin(), data.end());
  read_control(message, arrival);
  return arrival;
}

base::Bytes without_ipv4_header(base::Bytes packet) {
  if (packet.empty()) return packet;
  const std::size_t length = (packet[0] & 0x0fU) * 4U;
  return packet.subspan(std::min(length, packet.size()));
}

}  // namespace

env::Arrival datagram_arrival(const msghdr& message, base::Bytes data, bool raw_ipv4) {
  return arrival_of(env::Arrival::Kind::data, message, raw_ipv4 ? without_ipv4_header(data) : data);
}

env::Arrival error_queue_arrival(const msghdr& message, base::Bytes data) {
  return arrival_of(env::Arrival::Kind::error, message, data);
}

}  // namespace holter::env_linux

#include "env/linux/datagram_options.h"

#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/assert.h"
#include "env/linux/os_error.h"
#include "env/linux/port_owner.h"
#include "env/linux/socket_address.h"
#include "env/linux/socket_options.h"

namespace holter::env_linux {
namespace {

constexpr int kStampsWithoutNumbers = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                                      SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
constexpr int kStamps = kStampsWithoutNumbers | SOF_TIMESTAMPING_OPT_ID;

void set_ip_options(SocketOptions& setter, const env::DatagramOptions& options) {
  if (options.local.address.is_v4()) {
    setter.set(IPPROTO_IP, IP_RECVTTL, 1, "IP_RECVTTL");
    if (options.errors) setter.set(IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
    if (options.interfaces) setter.set(IPPROTO_IP, IP_PKTINFO, 1, "IP_PKTINFO");
    if (options.whole) setter.set(IPPROTO_IP, IP_MTU_DISCOVER, int{IP_PMTUDISC_PROBE}, "IP_MTU_DISCOVER");
    return;
  }
  // Raw sockets have no IPv4 side, and the kernel refuses the option there.
  if (options.kind == env::DatagramKind::udp) setter.set(IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
  setter.set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT");
  if (options.errors) setter.set(IPPROTO_IPV6, IPV6_RECVERR, 1, "IPV6_RECVERR");
  if (options.interfaces) setter.set(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
  if (options.whole) setter.set(IPPROTO_IPV6, IPV6_MTU_DISCOVER, int{IPV6_PMTUDISC_PROBE}, "IPV6_MTU_DISCOVER");
}

// A raw socket sees every ICMP message of the host; the kernel keeps back what nobody here reads: echo replies,
// unreachables, time exceeded and (IPv6) packet too big pass.
void set_icmp_filter(SocketOptions& setter, bool v4) {
  if (v4) {
    constexpr std::uint32_t kPassed = 1U << ICMP_ECHOREPLY | 1U << ICMP_DEST_UNREACH | 1U << ICMP_TIME_EXCEEDED;
    setter.set(SOL_RAW, ICMP_FILTER, static_cast<int>(~kPassed), "ICMP_FILTER");
    return;
  }
  icmp6_filter filter;
  ICMP6_FILTER_SETBLOCKALL(&filter);
  for (const int type : {ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG, ICMP6_TIME_EXCEEDED}) {
    ICMP6_FILTER_SETPASS(type, &filter);
  }
  setter.set(IPPROTO_ICMPV6, ICMP6_FILTER, filter, "ICMP6_FILTER");
}

// A raw socket sees every TCP segment of the host; the kernel keeps back what is not to one of the own ports. It
// filters from the IPv4 header on, and behind the IPv6 header.
void set_port_filter(SocketOptions& setter, const env::DatagramOptions& options) {
  constexpr std::uint32_t kPortAt = 2;
  const bool v4 = options.local.address.is_v4();
  const std::uint32_t first = options.local.port;
  const std::uint32_t behind = first + options.ports;
  std::array<sock_filter, 6> rules = {{
      {BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0},  // the length of an IPv4 header
      {static_cast<std::uint16_t>(BPF_LD | BPF_H | (v4 ? BPF_IND : BPF_ABS)), 0, 0, kPortAt},
      {BPF_JMP | BPF_JGE | BPF_K, 0, 2, first},
      {BPF_JMP | BPF_JGE | BPF_K, 1, 0, behind},
      {BPF_RET | BPF_K, 0, 0, 0xffff'ffff},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
  const sock_fprog program{rules.size(), rules.data()};
  setter.set(SOL_SOCKET, SO_ATTACH_FILTER, program, "SO_ATTACH_FILTER");
}

base::Result<void> set_options(int fd, const env::DatagramOptions& options) {
  SocketOptions setter(fd);
  if (options.kind == env::DatagramKind::icmp_raw) set_icmp_filter(setter, options.local.address.is_v4());
  if (options.kind == env::DatagramKind::tcp_raw) set_port_filter(setter, options);
  set_ip_options(setter, options);
  if (options.stamps) setter.set(SOL_SOCKET, SO_TIMESTAMPING, kStamps, "SO_TIMESTAMPING");
  if (options.reuse_port) setter.set(SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
  if (options.receive_buffer_bytes > 0) {
    setter.set(SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer_bytes), "SO_RCVBUF");
  }
  if (auto done = setter.result(); !done) return done;
  return set_egress(fd, options.local.address.family(), options.egress);
}

base::Result<UniqueFd> make_raw_socket(const env::DatagramOptions& options, RawSocketSource* raw_sockets) {
  const auto family = options.local.address.family();
  const bool icmp = options.kind == env::DatagramKind::icmp_raw;
  const bool tcp = options.kind == env::DatagramKind::tcp_raw;
  if (raw_sockets == nullptr) {
    const std::string what = icmp ? "ICMP" : tcp ? "TCP" : "IPv4";
    return base::Error{base::ErrorKind::permission, "no raw " + what + " socket without the broker"};
  }
  if (icmp) return raw_sockets->open_icmp(family);
  return tcp ? raw_sockets->open_tcp(family) : raw_sockets->open_raw_v4();
}

base::Result<UniqueFd> make_socket(const env::DatagramOptions& options, RawSocketSource* raw_sockets) {
  if (is_raw(options.kind)) return make_raw_socket(options, raw_sockets);
  const auto family = options.local.address.family();
  const bool v4 = options.local.address.is_v4();
  const bool udp = options.kind == env::DatagramKind::udp;
  const int protocol = udp ? int{IPPROTO_UDP} : v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  UniqueFd fd(::socket(family_number(family), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (fd) return fd;
  const int code = errno;
  if (udp) return os_error("cannot open a UDP socket", code);
  return os_error("cannot open a ping socket (see net.ipv4.ping_group_range)", code);
}

}  // namespace

base::Result<UniqueFd> open_datagram_fd(const env::DatagramOptions& options, RawSocketSource* raw_sockets) {
  auto fd = make_socket(options, raw_sockets);
  if (!fd) return fd.error();
  if (auto done = set_options(fd->get(), options); !done) return done.error();
  // A raw socket bound to "any" would be the same unbound; its port means nothing.
  if (options.kind == env::DatagramKind::ipv4_raw) return fd;
  if (is_raw(options.kind) && options.local.address.is_any()) return fd;
  const SocketAddress local(options.local);
  if (::bind(fd->get(), local.get(), local.length) != 0) {
    const int code = errno;
    const bool udp = options.kind == env::DatagramKind::udp;
    if (code == EADDRINUSE && udp) return port_taken(PortKind::udp, options.local);
    return os_error("cannot use the address " + base::to_string(options.local), code);
  }
  return fd;
}

void restart_send_numbers(int fd) {
  for (const int flags : {kStampsWithoutNumbers, kStamps}) {
    HOLTER_ASSERT(::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0);
  }
}

}  // namespace holter::env_linux

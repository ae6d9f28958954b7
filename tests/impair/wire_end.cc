#include "tests/impair/wire_end.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace holter::impair {
namespace {

constexpr int kBufferBytes = 32 << 20;

base::Error system_error(const std::string& doing) {
  return {base::ErrorKind::io, doing + ": " + std::strerror(errno)};
}

bool set(int fd, int level, int name, int value) { return ::setsockopt(fd, level, name, &value, sizeof value) == 0; }

}  // namespace

base::Result<WireEnd> WireEnd::open(const std::string& interface) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (address.sll_ifindex == 0) return base::Error{base::ErrorKind::not_found, "no interface '" + interface + "'"};
  // Without a protocol until it is bound, so that nothing of another interface is heard.
  WireEnd end(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (end.fd_ < 0) return system_error("packet socket");
  packet_mreq all{};
  all.mr_ifindex = address.sll_ifindex;
  all.mr_type = PACKET_MR_PROMISC;
  const bool ready = set(end.fd_, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) &&
                     set(end.fd_, SOL_PACKET, PACKET_QDISC_BYPASS, 1) &&
                     set(end.fd_, SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes) &&
                     ::setsockopt(end.fd_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0 &&
                     ::bind(end.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!ready) return system_error("packet socket on " + interface);
  return end;
}

WireEnd::WireEnd(WireEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)), missed_(other.missed_) {}

WireEnd::~WireEnd() {
  if (fd_ >= 0) ::close(fd_);
}

base::Bytes WireEnd::receive(std::span<std::uint8_t> room) {
  const ssize_t size = ::recv(fd_, room.data(), room.size(), MSG_DONTWAIT);
  return size > 0 ? base::Bytes(room).first(static_cast<std::size_t>(size)) : base::Bytes();
}

bool WireEnd::send(base::Bytes frame) {
  return ::send(fd_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size());
}

std::uint64_t WireEnd::missed() {
  tpacket_stats since{};
  socklen_t size = sizeof since;
  if (::getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &since, &size) == 0) missed_ += since.tp_drops;
  return missed_;
}

}  // namespace holter::impair

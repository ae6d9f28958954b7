// What holter and holter-broker say to each other over their inherited SOCK_SEQPACKET pair (docs/formats/broker.md):
// one fixed-size Request, one fixed-size Reply, and with a successful Reply one descriptor as SCM_RIGHTS. Numbers are
// in the byte order of the host, since the bytes never leave it. Shared by both ends, so it includes nothing of holter.
#pragma once

#include <cstdint>

namespace holter::broker {

inline constexpr std::uint8_t kMagic = 0x68;  // 'h'
inline constexpr std::uint8_t kProtocolVersion = 1;

enum class Want : std::uint8_t {
  hello = 0,    // may you open anything at all? no descriptor
  packet = 1,   // AF_PACKET, SOCK_RAW, protocol 0: bound to nothing
  icmp_v4 = 2,  // AF_INET, SOCK_RAW, IPPROTO_ICMP
  icmp_v6 = 3,  // AF_INET6, SOCK_RAW, IPPROTO_ICMPV6
  raw_v4 = 4,   // AF_INET, SOCK_RAW, IPPROTO_RAW: sends whole packets, receives none
  tcp_v4 = 5,   // AF_INET, SOCK_RAW, IPPROTO_TCP
  tcp_v6 = 6,   // AF_INET6, SOCK_RAW, IPPROTO_TCP
};

// Where it failed; the errno beside it says how.
enum class Step : std::uint8_t {
  done = 0,        // it did not fail
  execute = 1,     // the child could not become holter-broker (sent by the child itself)
  understand = 2,  // the request: wrong size, magic, version or want
  capability = 3,  // no CAP_NET_RAW in this user namespace
  open = 4,        // socket()
};

struct Request {
  std::uint8_t magic = kMagic;
  std::uint8_t version = kProtocolVersion;
  Want want = Want::hello;
  std::uint8_t reserved = 0;  // 0
  std::uint32_t number = 0;   // comes back in the reply
};
static_assert(sizeof(Request) == 8);

struct Reply {
  std::uint8_t magic = kMagic;
  std::uint8_t version = kProtocolVersion;
  Want want = Want::hello;  // of the request
  Step step = Step::done;
  std::uint32_t number = 0;  // of the request; 0 when it was not understood
  std::int32_t error = 0;    // errno, 0 for success
  std::uint32_t reserved = 0;
};
static_assert(sizeof(Reply) == 16);

}  // namespace holter::broker

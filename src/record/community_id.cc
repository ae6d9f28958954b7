#include "record/community_id.h"

#include <array>
#include <utility>

#include "base/byte_writer.h"
#include "base/sha1.h"
#include "record/icmp_pair.h"

namespace holter::record {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kSctp = 132;

bool is_icmp(std::uint8_t ip_protocol) { return ip_protocol == kIcmpProtocol || ip_protocol == kIcmpv6Protocol; }

bool has_ports(std::uint8_t ip_protocol) {
  return ip_protocol == kTcp || ip_protocol == kUdp || ip_protocol == kSctp || is_icmp(ip_protocol);
}

// The digest of 20 bytes is what is ever written: six groups of three bytes, and two that are left.
std::string base64(const std::array<std::uint8_t, 20>& digest) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < digest.size(); at += 3) {
    const unsigned third = at + 2 < digest.size() ? digest[at + 2] : 0;
    const unsigned group = digest[at] * 65'536U + digest[at + 1] * 256U + third;
    for (unsigned shift = 18; shift > 0; shift -= 6) out += kLetters[group >> shift & 63];
    out += at + 2 < digest.size() ? kLetters[group & 63] : '=';
  }
  return out;
}

}  // namespace

std::string community_id(const base::Endpoint& source, const base::Endpoint& destination, std::uint8_t ip_protocol,
                         std::uint16_t seed) {
  base::Endpoint first = source;
  base::Endpoint second = destination;
  const auto pair = is_icmp(ip_protocol) && first.port < 256
                        ? icmp_pair(ip_protocol, static_cast<std::uint8_t>(first.port))
                        : std::nullopt;
  if (pair) second.port = pair->counterpart;
  const bool one_way = is_icmp(ip_protocol) && !pair;
  if (!one_way && second < first) std::swap(first, second);
  base::ByteWriter bytes;
  bytes.u16(seed);
  bytes.bytes(first.address.bytes());
  bytes.bytes(second.address.bytes());
  bytes.u8(ip_protocol);
  bytes.u8(0);
  if (has_ports(ip_protocol)) {
    bytes.u16(first.port);
    bytes.u16(second.port);
  }
  return "1:" + base64(base::sha1(bytes.view()));
}

std::string community_id(const FlowRecord& flow, std::uint16_t seed) {
  const auto initiator = base::IpAddress::parse(flow.initiator);
  const auto responder = base::IpAddress::parse(flow.responder);
  if (!initiator || !responder || initiator->family() != responder->family()) return {};
  if (!is_icmp(flow.ip_protocol)) {
    return community_id({*initiator, flow.initiator_port}, {*responder, flow.responder_port}, flow.ip_protocol, seed);
  }
  // A record's ports of ICMP are type * 256 + code of the first message of each side.
  const bool answer_alone = flow.initiator_packets == 0;
  const std::uint16_t said = answer_alone ? flow.responder_port : flow.initiator_port;
  return community_id({answer_alone ? *responder : *initiator, static_cast<std::uint16_t>(said >> 8)},
                      {answer_alone ? *initiator : *responder, static_cast<std::uint16_t>(said & 0xff)},
                      flow.ip_protocol, seed);
}

}  // namespace holter::record

#include "tests/impair/frame_facts.h"

#include <algorithm>

namespace holter::impair {
namespace {

using Transport = FrameFacts::Transport;

constexpr std::size_t kEthernetBytes = 14;
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::size_t kIpv6HeaderBytes = 40;

struct Transported {
  std::uint8_t protocol = 0;
  std::size_t bytes = 0;  // of the transport's header and payload
};

// Leaves the reader where the transport begins; a later fragment and IPv6 extensions are protocol 0 here.
Transported through_ip(base::ByteReader& reader, std::uint16_t type) {
  if (type == kIpv6) {
    reader.skip(4);
    const std::size_t bytes = reader.u16();
    const std::uint8_t protocol = reader.u8();
    reader.skip(kIpv6HeaderBytes - 7);
    return {protocol, bytes};
  }
  const std::size_t header_bytes = (reader.u8() & 0x0f) * std::size_t{4};
  reader.skip(1);
  const std::size_t total = reader.u16();
  reader.skip(2);
  const bool later_fragment = (reader.u16() & 0x1fff) != 0;
  reader.skip(1);
  const std::uint8_t protocol = reader.u8();
  reader.skip(std::max<std::size_t>(header_bytes, 20) - 10);
  return {later_fragment ? std::uint8_t{0} : protocol, total - std::min(total, header_bytes)};
}

void read_transport(base::ByteReader reader, Transported what, FrameFacts& facts) {
  switch (what.protocol) {
    case 1: {
      facts.transport = Transport::icmp;
      const std::uint8_t type = reader.u8();
      facts.echo = type == 0 || type == 8;
      break;
    }
    case 58: {
      const std::uint8_t type = reader.u8();
      facts.transport = Transport::icmp;
      facts.echo = type == 128 || type == 129;
      facts.housekeeping = type >= 130;
      break;
    }
    case 6:
    case 17:
      facts.transport = what.protocol == 6 ? Transport::tcp : Transport::udp;
      for (std::uint16_t& port : facts.ports) port = reader.u16();
      break;
    default: return;
  }
  if (facts.transport != Transport::tcp) return;
  reader.skip(8);
  const std::size_t header_bytes = (reader.u8() >> 4) * std::size_t{4};
  facts.syn = (reader.u8() & 0x02) != 0;
  facts.payload = what.bytes - std::min(what.bytes, header_bytes);
}

}  // namespace

FrameFacts facts_of(base::Bytes frame) {
  FrameFacts facts;
  facts.size = frame.size();
  base::ByteReader reader(frame);
  reader.skip(kEthernetBytes - 2);
  const std::uint16_t type = reader.u16();
  if (type != kIpv4 && type != kIpv6) return facts;
  const auto transported = through_ip(reader, type);
  if (reader.failed()) return facts;
  facts.ip = true;
  facts.transport_at = reader.position();
  read_transport(reader, transported, facts);
  return facts;
}

}  // namespace holter::impair

#include "wire/decoder.h"

#include "wire/checksum.h"

namespace holter::wire {

ChecksumState verify_transport(const Decoder& decoder, std::uint8_t protocol, bool pseudo_header) {
  const Packet& packet = decoder.packet;
  if (!decoder.whole() || packet.is_fragment() || decoder.hints.checksum_not_ready) return ChecksumState::unverified;
  // Behind a routing header the sum covers the last hop's address, which the fixed header does not hold yet.
  if (pseudo_header && packet.has(Protocol::ipv6_routing)) return ChecksumState::unverified;
  const Bytes bytes = decoder.window().captured;
  ChecksumSum sum;
  if (pseudo_header) {
    const std::size_t n = packet.has(Protocol::ipv6) ? 16 : 4;
    const auto length = static_cast<std::uint32_t>(bytes.size());
    sum.add_pseudo_header(Bytes(packet.source).first(n), Bytes(packet.destination).first(n), protocol, length);
  }
  sum.add(bytes);
  return sum.finish() == 0 ? ChecksumState::good : ChecksumState::bad;
}

}  // namespace holter::wire

#include "recorder/frame_hosts.h"

#include <bit>
#include <cstring>

namespace holter::recorder {
namespace {

constexpr std::uint8_t kNeighbourSolicitation = 135;  // RFC 4861
constexpr std::uint8_t kNeighbourAdvertisement = 136;
constexpr std::uint8_t kRedirect = 137;

bool names_a_target(const wire::Packet& packet) {
  return packet.has(wire::Protocol::icmpv6) &&
         (packet.icmp_type == kNeighbourSolicitation || packet.icmp_type == kNeighbourAdvertisement ||
          packet.icmp_type == kRedirect);
}

}  // namespace

HostKey HostKey::of(const base::IpAddress& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), address.bytes().data(), address.bytes().size());
  return {std::bit_cast<std::array<std::uint64_t, 2>>(bytes), !address.is_v4()};
}

void FrameHosts::add(const std::array<std::uint8_t, 16>& address, bool v6) {
  if (count_ < keys_.size()) keys_[count_++] = {std::bit_cast<std::array<std::uint64_t, 2>>(address), v6};
}

void FrameHosts::add_rest(const FrameBytes& frame, const wire::Packet& packet) {
  if (wire::has_quote(packet)) add_ends(wire::decode_quoted(frame.bytes, packet));
  if (const base::Bytes target = packet.payload(frame.bytes); names_a_target(packet) && target.size() >= 16) {
    std::array<std::uint8_t, 16> address{};
    std::memcpy(address.data(), target.data(), address.size());
    add(address, true);
  }
  for (std::uint8_t tunnels = 0; tunnels < packet.tunnels; ++tunnels) {
    const wire::DecodeWish outer{.checksums = false, .tunnels = tunnels};
    add_ends(wire::decode(frame.bytes, frame.original_length, frame.link, frame.hints, outer));
  }
}

}  // namespace holter::recorder

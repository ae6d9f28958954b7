#include "compat/heartbeat_segments.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/dispatch.h"
#include "wire/network/ipv4.h"
#include "wire/transport/tcp.h"

namespace holter::compat {
namespace {

constexpr std::uint16_t kWindow = 8'192;
constexpr std::uint16_t kIdentification = 1;
// What clients of different ages answer to a pulse, and what servers of different ages ask.
constexpr std::string_view kLifeTexts[] = {kHeartbeatText, "STILL D.R.E", "PULSE"};

std::array<std::uint8_t, 4> four_bytes(const base::IpAddress& address) {
  HOLTER_ASSERT(address.is_v4());
  std::array<std::uint8_t, 4> out{};
  std::ranges::copy(address.bytes(), out.begin());
  return out;
}

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool damaged(const wire::Packet& packet) {
  return packet.network_checksum == wire::ChecksumState::bad || packet.transport_checksum == wire::ChecksumState::bad ||
         packet.has(wire::Anomaly::length_beyond_frame) || packet.truncated;
}

}  // namespace

std::size_t HeartbeatSegment::packet_bytes() const {
  return wire::Ipv4Header::kBytes + wire::TcpHeader::kBytes + text.size();
}

std::vector<std::uint8_t> HeartbeatSegment::emit() const {
  HOLTER_ASSERT(text.size() <= kMaxTextBytes);
  base::ByteWriter out;
  wire::Ipv4Header ip;
  ip.payload_length = static_cast<std::uint16_t>(wire::TcpHeader::kBytes + text.size());
  ip.identification = kIdentification;
  ip.do_not_fragment = false;
  ip.protocol = wire::kIpprotoTcp;
  ip.source = four_bytes(from.address);
  ip.destination = four_bytes(to.address);
  ip.emit(out);
  const wire::TcpHeader tcp{from.port, to.port, sequence, acknowledgment, flags, kWindow};
  tcp.emit(out, {}, bytes_of(text), from.address, to.address);
  return out.take();
}

std::optional<HeartbeatSegment> parse_segment(base::Bytes frame, std::uint32_t original_length, wire::LinkType link,
                                              bool checksum_not_ready) {
  wire::DecodeHints hints;
  hints.checksum_not_ready = checksum_not_ready;
  const wire::Packet packet = wire::decode(frame, original_length, link, hints);
  if (!packet.has(wire::Protocol::ipv4) || !packet.has(wire::Protocol::tcp)) return std::nullopt;
  if (packet.is_fragment() || damaged(packet)) return std::nullopt;
  const base::Bytes text = packet.payload(frame);
  if (text.size() != packet.payload_length) return std::nullopt;
  HeartbeatSegment segment;
  segment.from = {packet.source_address(), packet.source_port};
  segment.to = {packet.destination_address(), packet.destination_port};
  segment.sequence = packet.tcp_sequence;
  segment.acknowledgment = packet.tcp_acknowledgment;
  segment.flags = packet.tcp_flags;
  segment.text = {reinterpret_cast<const char*>(text.data()), text.size()};
  return segment;
}

MessagePackets message_packets(const base::Endpoint& from, const base::Endpoint& to, std::uint32_t sequence,
                               std::string_view text) {
  constexpr std::uint32_t kAfterReset = 1;  // a kernel's RST has number 0
  HeartbeatSegment segment{from, to, sequence, 0, wire::kTcpSyn, {}};
  MessagePackets packets;
  packets[0] = segment.emit();
  segment.flags = wire::kTcpAck;
  segment.acknowledgment = kAfterReset;
  ++segment.sequence;
  packets[1] = segment.emit();
  segment.text = text.substr(0, kMaxTextBytes);
  ++segment.sequence;
  packets[2] = segment.emit();
  return packets;
}

SegmentMeaning meaning_of(const HeartbeatSegment& segment) {
  if (segment.flags == wire::kTcpSyn) return SegmentMeaning::opens;
  if (segment.flags != wire::kTcpAck || segment.text.empty()) return SegmentMeaning::nothing;
  if (segment.text.find(kTerminateText) != std::string_view::npos) return SegmentMeaning::closes;
  const bool lives = std::ranges::find(kLifeTexts, segment.text) != std::end(kLifeTexts);
  return lives ? SegmentMeaning::lives : SegmentMeaning::says;
}

}  // namespace holter::compat

// The segments of the heartbeats ancestor (docs/formats/ancestor_heartbeats.md): bare IPv4/TCP packets that never make
// a connection. A message is three of them, SYN, empty ACK, ACK with the text; whoever gets them has a kernel that
// answers with RST. HeartbeatSegment is one of them as a value: parsed from a captured frame, or emitted as a packet.
//
// Parsing looks at any bytes, allocates nothing and keeps no state; the text points into the frame. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "wire/numbers.h"

namespace holter::compat {

inline constexpr std::uint16_t kHeartbeatPort = 11414;  // where a client speaks to
inline constexpr std::uint16_t kPulsePort = 11415;      // where a client is asked
inline constexpr std::string_view kHeartbeatText = "MSG_HEARTBEAT";
inline constexpr std::string_view kTerminateText = "TERMINATE";
// Of a text that is sent: a packet of 1,440 bytes passes nearly every link whole, and no router may cut it for us.
inline constexpr std::size_t kMaxTextBytes = 1'400;

struct HeartbeatSegment {
  base::Endpoint from;
  base::Endpoint to;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
  std::string_view text;

  // A whole IPv4 packet: TTL 64, id 1, may be fragmented, window 8192, no options. The text is within its limit.
  std::vector<std::uint8_t> emit() const;
  // As the IPv4 header says.
  std::size_t packet_bytes() const;
};

// Nothing for what is no whole, undamaged IPv4/TCP segment. A checksum that the sender's device had still to fill in is
// not held against it.
std::optional<HeartbeatSegment> parse_segment(base::Bytes frame, std::uint32_t original_length, wire::LinkType link,
                                              bool checksum_not_ready = false);

using MessagePackets = std::array<std::vector<std::uint8_t>, 3>;

// SYN, ACK and ACK with the text, numbered from `sequence`; the text is cut at its limit.
MessagePackets message_packets(const base::Endpoint& from, const base::Endpoint& to, std::uint32_t sequence,
                               std::string_view text);

enum class SegmentMeaning : std::uint8_t {
  nothing,  // other flags, or no text
  opens,    // a SYN: a message follows, the first of an address opens its session
  lives,    // an answer to a pulse
  says,     // a text for people
  closes,   // TERMINATE anywhere in the text
};

// What a client wants to say with a segment to kHeartbeatPort.
SegmentMeaning meaning_of(const HeartbeatSegment& segment);

}  // namespace holter::compat

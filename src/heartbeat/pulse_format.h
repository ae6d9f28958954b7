// The constants of the pulse datagram, shared by reader and writer. The document is docs/formats/pulse.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace holter::heartbeat {

inline constexpr std::array<std::uint8_t, 4> kMagic = {'H', 'L', 'T', 'P'};
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::uint16_t kPort = 4280;
inline constexpr std::size_t kHeaderBytes = 80;
inline constexpr std::size_t kKeyIdOffset = 8;
inline constexpr std::size_t kMacOffset = 48;
inline constexpr std::size_t kMacBytes = 32;
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxTextBytes = 1'200;
inline constexpr std::size_t kCookieBytes = 32;
// What a beacon's datagram carries behind its name and text at least, so that no reply is larger than it; a cookie
// stands there.
inline constexpr std::size_t kReserveBytes = kCookieBytes;
// The first pulse, messages and terminates are as long as this many replies: one ack and three asks.
inline constexpr std::size_t kPaidReplies = 4;
inline constexpr base::Duration kMinInterval = base::Duration::milliseconds(10);

enum class PulseType : std::uint8_t {
  pulse = 1,
  ask = 2,
  answer = 3,
  message = 4,
  terminate = 5,
  ack = 6,
  challenge = 7,
  start = 8,
  failure = 9
};

// In the flags of a terminate: this beacon ends, and the session only if nothing else keeps it.
inline constexpr std::uint16_t kLeaves = 1;

// They may have text, and are repeated with their number until the hub has taken them.
constexpr bool is_said(PulseType type) {
  return type == PulseType::message || type == PulseType::start || type == PulseType::failure;
}

constexpr bool from_hub(PulseType type) {
  return type == PulseType::ask || type == PulseType::ack || type == PulseType::challenge;
}

}  // namespace holter::heartbeat

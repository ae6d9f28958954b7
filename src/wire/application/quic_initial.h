// Opens the Initial packets of a QUIC client: their keys come from the connection id that they are addressed to and
// from a constant of the version (RFC 9001, 5.2; RFC 9369, 3.3), so that this is no secret. What the client sends later
// to the id that a server chose cannot be opened from the datagram alone, nor can what the server sends.
//
// Costs some ten microseconds, for a packet that only begins a connection. Bounded by one datagram. Pure: OpenSSL's
// AES and HMAC, no state.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "wire/window.h"

namespace holter::wire {

inline constexpr std::size_t kMaxQuicDatagram = 2'048;  // an Initial beyond it is not opened

struct OpenedInitial {
  std::array<std::uint8_t, kMaxQuicDatagram> frames;
  std::size_t size = 0;
  std::uint64_t packet_number = 0;
};

enum class QuicVersion : std::uint8_t { draft29, one, two };

// `packet` from its first byte to its end; the packet number begins at `number_at`.
std::optional<OpenedInitial> open_initial(QuicVersion version, Bytes dcid, Bytes packet, std::size_t number_at);

}  // namespace holter::wire

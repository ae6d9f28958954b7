// One packet in one line, for people: when, where, what, how long, between whom, and what it says. The columns up to
// the addresses have a fixed width; what is wrong stands at the end in brackets. docs/packets.md explains the words.
//
//   2026-03-01T12:34:56.789012Z  eth0   TCP       74  192.0.2.1:40000       > 192.0.2.2:443          SYN seq 1000 …
//
// Pure. The text is safe for a terminal.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "wire/packet.h"

namespace holter::describe {

// What is known of a frame beside its bytes.
struct FrameFacts {
  std::uint64_t number = 0;  // from 1, in its file or since the capture began
  std::optional<base::PacketTime> captured_at;
  base::UntrustedText interface;  // empty when not known
  std::uint32_t linktype = 0;
};

// `captured` are the bytes that `packet` was decoded from. Without a line break.
std::string packet_line(base::Bytes captured, const wire::Packet& packet, const FrameFacts& facts);

}  // namespace holter::describe

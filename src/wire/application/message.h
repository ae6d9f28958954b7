// How the messages of a stream are told from each other. A protocol over TCP offers `Taken take_x(Payload,
// StreamMemory&)`: the window begins where a message begins; whole messages are listed, and the answer says how far
// they reach and how much of the one that is not whole yet has to be kept until it is. A message that was cut by the
// capture, or of which only the first bytes were kept, is whole when its claimed bytes are. Value types.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holter::wire {

struct Taken {
  std::size_t done = 0;   // bytes of messages that are over; more than there are: the rest is passed over when it comes
  std::size_t whole = 0;  // length of the message behind them, once it is known
  std::size_t keep = 0;   // how many of its first bytes it will be listed from; 0: everything, until `whole` is known
  bool lost = false;      // what follows `done` is no message: the next may begin with any segment
};

// What the messages of one direction leave behind for the next.
struct StreamMemory {
  bool in_clear = false;             // TLS: a hello was seen
  bool encrypted = false;            // TLS: the handshake went on behind a ChangeCipherSpec
  std::uint32_t handshake_left = 0;  // TLS: bytes of a message that the next record goes on with
};

}  // namespace holter::wire

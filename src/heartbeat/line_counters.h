// What the listener for lines counts: what came, and every limit that was reached. Plain values of one loop.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holter::heartbeat {

struct LineCounters {
  std::size_t open = 0;               // connections now
  std::size_t waiting = 0;            // messages of all connections that are not durable yet
  std::uint64_t connections = 0;      // accepted
  std::uint64_t encrypted = 0;        // of these, over TLS
  std::uint64_t lines = 0;            // of any kind
  std::uint64_t mistakes = 0;         // lines that were answered with an error
  std::uint64_t wrong_keys = 0;       // of these, with a key that is not that of the name
  std::uint64_t asks = 0;             // PULSE lines
  std::uint64_t asks_unsaid = 0;      // asks that found their connection closed, or its output full
  std::uint64_t throttled = 0;        // times that a connection had to wait for its next line
  std::uint64_t unconfirmed = 0;      // messages whose keeping was not confirmed in time
  std::uint64_t refused_full = 0;     // connections: too many in all
  std::uint64_t refused_address = 0;  // connections: too many of one address
  std::uint64_t made_room = 0;        // connections ended for others, having said no session
  std::uint64_t idle = 0;             // connections ended: no session was said
  std::uint64_t half_lines = 0;       // connections ended: a line was not ended in time
  std::uint64_t long_lines = 0;       // connections ended: a line was too long
  std::uint64_t foreign = 0;          // connections ended: HTTP
  std::uint64_t unread = 0;           // connections ended: the peer did not read its answers
  std::uint64_t no_tls = 0;           // connections ended: no TLS came about
};

}  // namespace holter::heartbeat

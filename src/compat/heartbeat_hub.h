// HeartbeatHub is the ancestor's server as a pure translation: segments of its clients in, signs of life for the
// SessionTable out, and the table's asks as packets to send. A session is the client's address, which anybody can write
// into a packet: at most kMaxClients addresses are let in. What of a text is kept: kMaxTextBytes.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "compat/heartbeat_segments.h"
#include "heartbeat/sign.h"

namespace holter::compat {

// A client answers within a pulse's turn: the ancestor's own need about 1.1 s.
inline constexpr base::Duration kPulseSpacing = base::Duration::milliseconds(1'100);

// Addresses that may have a session; those of this host are not counted.
inline constexpr std::size_t kMaxClients = 1'000;

// `text` points into the segment's frame.
struct HeardClient {
  std::string name;
  heartbeat::Sign sign;
  heartbeat::Path path;  // `via`: the own address that the client spoke to, as a number
};

struct HubCounters {
  std::uint64_t heard = 0;    // segments that said something
  std::uint64_t ignored = 0;  // of this port, but other flags, or no text
  std::uint64_t refused = 0;  // of further addresses than kMaxClients
  std::uint64_t cut = 0;      // texts that were too long
};

class HeartbeatHub {
 public:
  HeartbeatHub(std::uint16_t port, std::uint16_t reply_port) : port_(port), reply_port_(reply_port) {}

  // Nothing for what says nothing, or goes to another port.
  std::optional<HeardClient> hear(const HeartbeatSegment& segment);
  // The pulse that `ask` stands for, from a port of its own. `other_own` is used when it is not known which own address
  // the client spoke to (a session from before a restart).
  MessagePackets pulse(const heartbeat::Reply& ask, const base::IpAddress& other_own, std::uint16_t from_port) const;

  const HubCounters& counters() const { return counters_; }

 private:
  bool lets_in(const base::IpAddress& client);

  std::uint16_t port_;
  std::uint16_t reply_port_;
  HubCounters counters_;
  std::unordered_set<base::IpAddress> clients_;
};

}  // namespace holter::compat

// Flow is one conversation as it is counted. Sides are `initiator` (sent the SYN, the echo request or the first packet
// seen) and `responder`. Plain data inside a FlowTable.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "flow/flow_key.h"
#include "record/traffic.h"

namespace holter::flow {

enum class Patience : std::uint8_t { closing, usual, established };  // which timeout a flow waits for
inline constexpr std::size_t kPatienceCount = 3;

struct Side {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  // of the frames as they were on the wire
  std::uint16_t icmp = 0;   // type * 256 + code of the first message
  std::uint8_t tcp_flags = 0;
};

struct Flow {
  FlowKey key;
  base::PacketTime first;
  base::PacketTime last;
  base::PacketTime export_at;  // next interim record
  std::array<Side, 2> sides;   // initiator, responder
  std::uint64_t hash = 0;
  std::uint64_t exported_packets = 0;
  bool low_initiates = false;
  Patience patience = Patience::usual;
  record::EndReason end_reason = record::EndReason::idle;  // what a record would say if it ended by waiting now

  std::uint64_t packets() const { return sides[0].packets + sides[1].packets; }
  std::uint64_t bytes() const { return sides[0].bytes + sides[1].bytes; }
};

// Counts one packet, which may change what the flow waits for.
void count(Flow& flow, const wire::Packet& packet, bool low_sends, base::PacketTime now);
// Who initiates, told from the first packet seen: true when it is the packet's sender.
bool sender_initiates(const wire::Packet& packet);
// The packet opens a conversation anew where an ended one still lingers.
bool opens_anew(const Flow& flow, const wire::Packet& packet);

record::FlowRecord record_of(const Flow& flow, const std::string& interface, record::EndReason reason);

}  // namespace holter::flow

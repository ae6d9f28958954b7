// Flow is one conversation as it is counted: three cache lines, the key, the counts, and what is followed of TCP. Sides
// are 0, the initiator (sent the SYN, the question of ICMP, or else the first packet seen), and 1, the responder. Plain
// data inside a FlowTable.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "flow/flow_key.h"
#include "flow/flow_list.h"
#include "flow/history.h"
#include "flow/rarity.h"
#include "record/traffic.h"

namespace holter::flow {

enum class Patience : std::uint8_t { closing, usual, established };  // which timeout a flow waits for
inline constexpr std::size_t kPatienceCount = 3;

// What is true of one side of a conversation over TCP; bits of TcpTrack::marks.
enum class Mark : std::uint8_t {
  seen = 1,              // a segment was: `next`, `acknowledged` and `window` mean something
  last_keep_alive = 2,   // the newest segment was a keep-alive
  last_probe = 4,        // it was a probe of a closed window
  zero_window = 8,       // its newest word is that there is no room
  closed_first = 16,     // it sent the first FIN, or the RST
  fins_crossed = 32,     // its FIN answered no FIN, and the other's came before
  handshake = 64,        // of the initiator: SYN seen; of the responder: its answer
  handshake_done = 128,  // of the initiator: its ACK of the answer
};

struct TcpTrack {
  std::uint32_t next = 0;          // behind the highest sequence number sent
  std::uint32_t acknowledged = 0;  // the newest acknowledgment number sent
  std::uint32_t first = 0;         // the first sequence number seen
  std::uint32_t next_at = 0;       // ticks: when `next` moved
  std::uint16_t window = 0;        // as it stands in the header
  std::uint16_t happened = 0;      // bits of Happening
  std::uint8_t duplicate_run = 0;  // duplicate acknowledgments since the last new one
  std::uint8_t marks = 0;

  bool has(Mark mark) const { return (marks & static_cast<std::uint8_t>(mark)) != 0; }
  void set(Mark mark, bool value = true) {
    const auto bit = static_cast<std::uint8_t>(mark);
    marks = static_cast<std::uint8_t>(value ? marks | bit : marks & ~bit);
  }
};

struct alignas(64) Flow {
  FlowKey key;  // ip_version 0: no flow
  base::PacketTime last;
  Link by_age;

  base::PacketTime first;
  OfBoth<std::uint32_t> packets{};   // at kMostPackets another conversation begins
  OfBoth<std::uint32_t> overhead{};  // of `bytes`, what is no IP: link headers and padding; stays at its greatest value
  OfBoth<std::uint64_t> bytes{};     // of the frames as they were on the wire
  OfBoth<std::uint64_t> payload{};   // behind the innermost decoded header
  std::uint32_t rarity = kNone;
  OfBoth<std::uint8_t> tcp_flags{};
  Patience patience = Patience::usual;
  bool low_initiates : 1 = false;
  bool changed : 1 = false;                                    // since the last interim record
  record::EndReason end_reason : 3 = record::EndReason::idle;  // what a record would say if it ended by waiting now

  OfBoth<TcpTrack> tcp{};
  History history;
  std::uint32_t answer_time = 0;   // shorts: of the SYN, then from the SYN to its answer
  std::uint32_t confirm_time = 0;  // shorts: of the answer, then from the answer to its ACK
};
inline constexpr std::uint32_t kMostPackets = 0xffffffff;
static_assert(sizeof(Flow) == 192, "a conversation is three cache lines");

// Time within a flow, in units that fit 32 bits. Ticks (1.024 us) wrap after 73 minutes and are only subtracted from
// each other; shorts (64 ns) stay at their greatest value, 4.5 minutes.
std::uint32_t ticks(const Flow& flow, base::PacketTime at);
std::uint32_t shorts(const Flow& flow, base::PacketTime at);
base::Duration of_ticks(std::uint32_t ticks);
base::Duration of_shorts(std::uint32_t shorts);

inline void note(Flow& flow, unsigned side, Happening what) {
  const auto bit = static_cast<std::uint16_t>(1U << static_cast<unsigned>(what));
  if ((flow.tcp[side].happened & bit) != 0) return;
  flow.tcp[side].happened |= bit;
  flow.history.add(side, what);
}

// Null when the flow has none.
record::FlowRecord record_of(const Flow& flow, const Rarity* rarity, const std::string& interface,
                             record::EndReason reason);

}  // namespace holter::flow

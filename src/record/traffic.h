// What the passive river remembers: conversations, packets, and how exact the capture was. Addresses are text in
// canonical form (RFC 5952) or a MAC in lower case; empty where the layer has none. Counts are since the record's
// `first` unless said otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace holter::record {

// Why a flow record was written. `active` is an interim export of a conversation that goes on (RFC 7011's active
// timeout); its counts are since the conversation began. `reopened`: the same ends began another
// conversation, or 2^32 packets of one side are counted.
enum class EndReason : std::uint8_t {
  active = 0,
  idle = 1,
  fin = 2,
  reset = 3,
  evicted = 4,
  shutdown = 5,
  reopened = 6
};

std::string_view to_string(EndReason reason);

// How far a conversation over TCP came, told from its segments. One whose beginning was not seen is established.
enum class TcpState : std::uint8_t {
  none = 0,  // no TCP
  syn_sent = 1,
  syn_received = 2,
  established = 3,
  half_closed = 4,  // one side sent its FIN
  closed = 5,       // both did
  reset = 6,
};

std::string_view to_string(TcpState state);

// Who ended a conversation over TCP: sent the first FIN, or the RST. `both`: their FINs crossed.
enum class ClosedBy : std::uint8_t { nobody = 0, initiator = 1, responder = 2, both = 3 };

std::string_view to_string(ClosedBy who);

// What one side of a conversation over TCP sent that is worth a look (docs/flows.md says how each is told).
struct TcpSide {
  std::uint32_t retransmissions = 0;           // segments sent again, the spurious ones too
  std::uint32_t spurious_retransmissions = 0;  // of what had been acknowledged
  std::uint32_t out_of_order = 0;              // segments that were overtaken
  std::uint32_t duplicate_acks = 0;
  std::uint32_t keep_alives = 0;    // and probes of a closed window
  std::uint32_t zero_windows = 0;   // segments that said there was no room
  base::Duration zero_window_time;  // from such a segment to the next with room
  std::uint64_t missing_bytes = 0;  // sent, and not seen here

  friend bool operator==(const TcpSide&, const TcpSide&) = default;
};

// One bidirectional conversation (RFC 5103). The initiator is who sent the SYN, the question of ICMP or else the first
// packet seen.
struct FlowRecord {
  std::string interface;
  std::uint8_t ip_protocol = 0;
  std::uint16_t vlan = 0;  // the outermost; 0: none
  std::string initiator;
  std::string responder;
  std::uint16_t initiator_port = 0;  // ICMP: type * 256 + code
  std::uint16_t responder_port = 0;
  base::PacketTime first;
  base::PacketTime last;
  std::uint64_t initiator_packets = 0;
  std::uint64_t responder_packets = 0;
  std::uint64_t initiator_bytes = 0;  // of the frames as they were on the wire
  std::uint64_t responder_bytes = 0;
  std::uint8_t initiator_tcp_flags = 0;  // all flags seen, or-ed
  std::uint8_t responder_tcp_flags = 0;
  EndReason end_reason = EndReason::active;
  std::uint16_t inner_vlan = 0;               // the second tag's; 0: none
  std::string tunnel;                         // the kind of the innermost tunnel; empty: none
  std::uint32_t tunnel_id = 0;                // VNI, TEID or key, of the first packet seen
  std::uint64_t initiator_payload_bytes = 0;  // behind the innermost header that was decoded
  std::uint64_t responder_payload_bytes = 0;
  TcpState tcp_state = TcpState::none;
  ClosedBy closed_by = ClosedBy::nobody;
  // Between the segments of the handshake as they passed here: from the SYN to its answer is the way to the responder
  // and back, from there to the ACK the way to the initiator and back.
  std::optional<base::Duration> responder_rtt;
  std::optional<base::Duration> initiator_rtt;
  std::uint64_t initiator_ip_bytes = 0;  // the same packets from their innermost IP header to its end
  std::uint64_t responder_ip_bytes = 0;
  std::string history;         // what happened first, in Zeek's letters: "ShADadFf"; capitals are the initiator's
  std::array<TcpSide, 2> tcp;  // initiator, responder

  friend bool operator==(const FlowRecord&, const FlowRecord&) = default;
};

inline constexpr std::size_t kMaxPacketHead = 256;
inline constexpr std::uint32_t kTagTaken = 0x1'0000;

struct PacketRecord {
  std::string interface;
  base::PacketTime captured_at;
  std::uint32_t captured_length = 0;
  std::uint32_t original_length = 0;
  std::uint16_t ether_type = 0;
  std::uint16_t vlan = 0;
  std::uint8_t ip_protocol = 0;
  std::uint8_t tcp_flags = 0;
  std::string source;
  std::string destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t anomalies = 0;  // bits of wire::Anomaly
  // The first bytes of the frame, at most kMaxPacketHead: its headers, and what an application says in clear. Decoding
  // them again gives every field of every layer.
  std::string head;
  std::uint16_t linktype = 0;       // of `head`: LINKTYPE_* of tcpdump.org
  std::uint32_t taken_tag = 0;      // the VLAN tag that the device took out of the frame: kTagTaken + TCI; 0: none
  std::uint8_t direction = 0;       // the words of the filter field `direction`, from 1; 0: not known
  bool checksum_not_ready = false;  // sent from here, and the device had still to fill sums in

  friend bool operator==(const PacketRecord&, const PacketRecord&) = default;
};

// What happened between two readings of the kernel's counters on one interface.
// kernel_packets = recorded + filtered + own + kernel_drops, each measured, none computed from the others.
struct CaptureStats {
  std::string interface;
  base::WallTime from;
  base::WallTime to;
  std::uint64_t kernel_packets = 0;  // tp_packets: accepted by the kernel filter, including dropped ones
  std::uint64_t kernel_drops = 0;    // tp_drops: no room in the ring
  std::uint64_t received = 0;        // frames taken from the ring
  std::uint64_t received_bytes = 0;  // original lengths
  std::uint64_t filtered = 0;        // taken, then refused by the filter
  std::uint64_t own = 0;             // taken, then left out as holter's own traffic
  std::uint64_t undecoded = 0;       // no decoder for the outermost protocol
  std::uint64_t truncated = 0;       // a header was cut by the snaplen or the frame's end
  std::uint64_t flows = 0;           // conversations held at `to`
  std::uint64_t flows_evicted = 0;   // for want of room, in this interval
  std::uint64_t kernel_refused = 0;  // by the kernel's part of the filter, beside kernel_packets, counted by the kernel
  bool refused_uncounted = false;    // the kernel refused frames that nobody counted
  std::uint32_t worker = 0;          // of those that share the interface: its figures are the sums over them

  // Sums the counts; the times, the interface, the worker and the gauge `flows` stay as they are.
  void add_counts(const CaptureStats& interval);

  friend bool operator==(const CaptureStats&, const CaptureStats&) = default;
};

}  // namespace holter::record

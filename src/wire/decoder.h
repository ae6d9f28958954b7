// Decoder is the state of one frame's way through the layers: where the next header begins, what is claimed from there
// on, and the Packet being filled. Each protocol offers one function `Next decode_x(Decoder&)` that reads its header at
// the cursor, moves past it and names what follows; dispatch.cc alone knows who that is, so protocols never know each
// other. Lives on the stack for one frame.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "wire/field_list.h"
#include "wire/limits.h"
#include "wire/numbers.h"
#include "wire/packet.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// What the capture knows about a frame beside its bytes.
struct DecodeHints {
  bool has_vlan = false;  // the device took the outermost tag out of the frame
  std::uint16_t vlan_tci = 0;
  bool checksum_not_ready = false;
};

// What decoding is for.
struct DecodeWish {
  bool checksums = true;               // sums over payloads are verified; else they stay unverified
  std::uint8_t tunnels = kMaxTunnels;  // how many to look into
  bool quotes = true;                  // the packet that an ICMP error is about is listed too
  bool segments = true;                // a TCP segment is listed by itself; else a StreamPrefixes does it
  FieldList* fields = nullptr;         // everything that headers say goes here too, what applications say included
};

// The registry in which a header names the next one. `end`: nothing follows, payload begins at the cursor. Behind a
// `udp_port` or `tcp_port` follows what an application says: its two ports are in the Packet, and nothing there is not
// unknown.
enum class Space : std::uint8_t {
  end,
  link,
  ether_type,
  llc,  // IEEE 802.2, whatever the number
  llc_sap,
  snap,   // protocols of an OUI that nobody here knows
  cisco,  // protocols of Cisco's OUI
  ip_protocol,
  ppp_protocol,
  udp_port,
  tcp_port
};

struct Next {
  Space space = Space::end;
  std::uint16_t number = 0;
};

class Decoder {
 public:
  Decoder(Packet& filled, Window frame, const DecodeHints& known, const DecodeWish& wanted)
      : packet(filled), hints(known), wish(wanted), frame_(frame.captured), claimed_end_(frame.claimed) {}

  Packet& packet;
  const DecodeHints& hints;
  const DecodeWish& wish;
  Steps steps;

  // Where the fields of a layer go that begins now; null when nobody wants them.
  FieldList* fields(Protocol layer) const {
    if (wish.fields != nullptr) wish.fields->layer(layer);
    return wish.fields;
  }

  std::size_t offset() const { return offset_; }
  Window window() const {
    const std::size_t from = std::min(offset_, frame_.size());
    return {frame_.subspan(from), claimed_end_ - offset_};
  }

  // The header at the cursor was n bytes long.
  void advance(std::size_t n) { offset_ = std::min(offset_ + n, claimed_end_); }
  // The layer at the cursor says it is n bytes long in all: what lies behind is padding.
  void limit(std::size_t n) {
    if (n > claimed_end_ - offset_) {
      packet.add(Anomaly::length_beyond_frame);
    } else {
      claimed_end_ = offset_ + n;
    }
  }

  // What an Ethernet header or a tag names at its end, with the cursor behind it: an ether type, or the length of an
  // 802.3 frame, behind which is padding.
  Next behind(std::uint16_t type_or_length) {
    if (type_or_length > kLargest8023Length) return {Space::ether_type, type_or_length};
    limit(type_or_length);
    return {Space::llc, 0};
  }

  Next fail(ParseFault fault) {
    if (fault == ParseFault::truncated) {
      packet.truncated = true;
      packet.end = DecodeEnd::truncated;
    } else {
      packet.add(Anomaly::header_malformed);
      packet.end = DecodeEnd::malformed;
    }
    return {};
  }

  // What follows at the cursor is a packet of its own inside this one. Forgets the outer one but for the frame's
  // lengths, its MACs and tags, what is wrong with it, and a hash over its ends. `id` is one for both directions, or it
  // is that of one direction only, as a receiver hands it out, and then no part of the hash. False when as many were
  // entered as are wanted, or the outer packet is a fragment: the tunnel is payload then.
  enum class IdOf : std::uint8_t { both_ways, one_way };
  bool enter_tunnel(Protocol kind, std::uint32_t id, IdOf of = IdOf::both_ways);

  // The packet is still to be routed to `last` (4 or 16 bytes), whatever its header says: a source route's end.
  void route_to(Bytes last) {
    std::ranges::copy(last, last_hop_.begin());
    routed_ = true;
  }
  // The sender's own address (16 bytes of the frame) is another than its header says: a mobile node's.
  void sent_from(Bytes home) { home_ = home; }
  // The addresses that a transport's sum covers: the packet's last destination (RFC 8200, 8.1), its home (RFC 6275,
  // 11.3.1).
  Bytes summed_destination() const { return routed_ ? last_hop_ : packet.destination; }
  Bytes summed_source() const { return home_.empty() ? Bytes(packet.source) : home_; }

  // All of the layer at the cursor was captured, so a sum over it can be checked.
  bool whole() const { return claimed_end_ <= frame_.size() && !packet.has(Anomaly::length_beyond_frame); }
  // Sums over payloads are asked for, and the sender had filled them in over what is here.
  bool can_verify() const { return wish.checksums && !packet.is_fragment() && !hints.checksum_not_ready; }

 private:
  Bytes frame_;
  std::size_t offset_ = 0;
  std::size_t claimed_end_;
  std::array<std::uint8_t, 16> last_hop_{};
  bool routed_ = false;
  Bytes home_;
};

// UDP to this port carries a packet again.
bool is_tunnel_port(std::uint16_t udp_port);

// Checks an internet checksum over the layer at the cursor, which is its own: ICMP's, IGMP's.
ChecksumState verify_message(const Decoder& decoder);

// Checks one over the layer at the cursor with the packet's addresses, `protocol` and the layer's length before it. A
// field that holds nothing but the sum of those was left for the device to finish: unverified.
ChecksumState verify_transport(const Decoder& decoder, std::uint8_t protocol, std::uint16_t checksum);
// The same over a part of the layer only, which was captured: UDP-Lite's.
ChecksumState verify_covered(const Decoder& decoder, std::uint8_t protocol, Bytes covered, std::uint16_t checksum);

}  // namespace holter::wire

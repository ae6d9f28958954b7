#include "flow/tcp_follow.h"

#include <algorithm>
#include <limits>

#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

using wire::kTcpAck;
using wire::kTcpFin;
using wire::kTcpRst;
using wire::kTcpSyn;
using wire::Packet;

// Nearer than this to what overtook it, a segment was overtaken and not sent again; of a conversation whose round trip
// is not known (Wireshark has the same).
constexpr std::uint32_t kOvertakenWithin = 3'000'000 >> 10;  // ticks: 3 ms
constexpr unsigned kFastRetransmitAfter = 2;                 // duplicate acknowledgments

// RFC 9293, section 3.4: numbers are compared by their difference.
constexpr bool before(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }
constexpr bool not_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) <= 0; }

struct Segment {
  std::uint32_t sequence;
  std::uint32_t length;
  std::uint32_t acknowledged;
  std::uint16_t window;
  std::uint8_t flags;

  bool controls() const { return (flags & (kTcpSyn | kTcpFin | kTcpRst)) != 0; }
  bool takes_room() const { return length != 0 || (flags & (kTcpSyn | kTcpFin)) != 0; }
  std::uint32_t end() const { return sequence + length + ((flags & (kTcpSyn | kTcpFin)) != 0 ? 1 : 0); }
};

struct Scene {
  Flow& flow;
  unsigned side;
  base::PacketTime now;
  Rarities& rarities;
  TcpTrack& mine;
  TcpTrack& theirs;
};

// One octet, or one before what comes next: nothing that the other side does not have.
enum class Probe : std::uint8_t { none, keep_alive, window };

Probe probe_of(const Scene& scene, const Segment& segment) {
  const TcpTrack& mine = scene.mine;
  if (!mine.has(Mark::seen)) return Probe::none;
  const bool closed = scene.theirs.has(Mark::seen) && scene.theirs.window == 0;
  if (segment.length == 1 && segment.sequence == mine.next && closed) return Probe::window;
  if (segment.length <= 1 && segment.sequence == mine.next - 1 && !segment.controls()) return Probe::keep_alive;
  return Probe::none;
}

// Says again what the side said before: an answer to a probe, or a duplicate acknowledgment.
void judge_repetition(Scene& scene, const Segment& segment) {
  TcpTrack& mine = scene.mine;
  TcpTrack& theirs = scene.theirs;
  const bool repeats = mine.has(Mark::seen) && segment.length == 0 && !segment.controls() &&
                       segment.window == mine.window && segment.sequence == mine.next;
  if (!repeats) return;
  const bool one_more = segment.acknowledged == mine.acknowledged + 1;
  if (segment.window == 0) {
    // The receiver took the octet of the probe: only now is it known to be sent.
    if (one_more && theirs.has(Mark::last_probe)) theirs.next = segment.acknowledged;
    return;
  }
  if (segment.acknowledged != mine.acknowledged || theirs.has(Mark::last_keep_alive)) return;
  add_up_to_most(mine.duplicate_run, 1);
  add_up_to_most(scene.rarities.of(scene.flow).duplicate_acks[scene.side], 1);
}

void judge_window(Scene& scene, const Segment& segment) {
  TcpTrack& mine = scene.mine;
  const bool none = segment.window == 0 && !segment.controls();
  if (none) {
    Rarity& rarity = scene.rarities.of(scene.flow);
    add_up_to_most(rarity.zero_windows[scene.side], 1);
    if (!mine.has(Mark::zero_window)) rarity.zero_window_since[scene.side] = ticks(scene.flow, scene.now);
    mine.set(Mark::zero_window);
    note(scene.flow, scene.side, Happening::zero_window);
  } else if (mine.has(Mark::zero_window) && segment.window != 0) {
    Rarity& rarity = scene.rarities.of(scene.flow);
    add_up_to_most(rarity.zero_window_ticks[scene.side],
                   ticks(scene.flow, scene.now) - rarity.zero_window_since[scene.side]);
    mine.set(Mark::zero_window, false);
  }
}

std::uint32_t overtaken_within(const Flow& flow) {
  if (!flow.tcp[0].has(Mark::handshake_done)) return kOvertakenWithin;
  const std::uint64_t whole = std::uint64_t{flow.answer_time} + flow.confirm_time;
  return static_cast<std::uint32_t>(whole >> 4);  // shorts to ticks
}

enum class Again : std::uint8_t { no, overtaken, retransmission, spurious };

// A segment that takes room in the sequence and begins before what was sent already.
Again judge_again(const Scene& scene, const Segment& segment) {
  const TcpTrack& mine = scene.mine;
  const TcpTrack& theirs = scene.theirs;
  const std::uint32_t data_end = segment.sequence + segment.length;
  if (segment.length != 0 && theirs.has(Mark::seen) && not_after(data_end, theirs.acknowledged)) return Again::spurious;
  // A probe's octet is sent again together with what follows it: that is no repetition.
  if (segment.length > 1 && mine.next - 1 == segment.sequence) return Again::no;
  const bool asked_for = theirs.duplicate_run >= kFastRetransmitAfter && theirs.acknowledged == segment.sequence;
  if (asked_for) return Again::retransmission;
  const std::uint32_t late = ticks(scene.flow, scene.now) - mine.next_at;
  if (late < overtaken_within(scene.flow) && segment.end() != mine.next) return Again::overtaken;
  return Again::retransmission;
}

void fill_gap(Rarity& rarity, unsigned side, std::uint32_t length) {
  rarity.missing_bytes[side] -= std::min(rarity.missing_bytes[side], length);
}

void count_again(Scene& scene, const Segment& segment) {
  const Again again = judge_again(scene, segment);
  if (again == Again::no) return;
  Rarity& rarity = scene.rarities.of(scene.flow);
  const unsigned side = scene.side;
  if (again == Again::overtaken) {
    add_up_to_most(rarity.out_of_order[side], 1);
    fill_gap(rarity, side, segment.length);
    return;
  }
  add_up_to_most(rarity.retransmissions[side], 1);
  if (segment.length != 0) note(scene.flow, side, Happening::retransmission);
  if (again == Again::spurious) {
    add_up_to_most(rarity.spurious[side], 1);
  } else {
    fill_gap(rarity, side, segment.length);
  }
}

void judge_sequence(Scene& scene, const Segment& segment, Probe probe) {
  TcpTrack& mine = scene.mine;
  if (!mine.has(Mark::seen)) {
    mine.first = segment.sequence;
    mine.next = segment.end();
    mine.next_at = ticks(scene.flow, scene.now);
    return;
  }
  if (probe != Probe::none) {
    add_up_to_most(scene.rarities.of(scene.flow).keep_alives[scene.side], 1);
    return;
  }
  if (before(mine.next, segment.sequence) && (segment.flags & kTcpRst) == 0) {
    add_up_to_most(scene.rarities.of(scene.flow).missing_bytes[scene.side], segment.sequence - mine.next);
    note(scene.flow, scene.side, Happening::gap);
  } else if (segment.takes_room() && before(segment.sequence, mine.next)) {
    count_again(scene, segment);
  }
  if (before(mine.next, segment.end())) {
    mine.next = segment.end();
    mine.next_at = ticks(scene.flow, scene.now);
  }
}

void time_handshake(Scene& scene, const Segment& segment) {
  Flow& flow = scene.flow;
  if (flow.tcp[0].has(Mark::handshake_done)) return;
  const std::uint32_t now = shorts(flow, scene.now);
  const std::uint8_t syn_ack = segment.flags & (kTcpSyn | kTcpAck);
  const bool answered = flow.tcp[1].has(Mark::handshake);
  if (scene.side == 0 && syn_ack == kTcpSyn && !answered) {
    flow.answer_time = now;
    flow.tcp[0].set(Mark::handshake);
  } else if (scene.side == 1 && syn_ack == (kTcpSyn | kTcpAck) && flow.tcp[0].has(Mark::handshake)) {
    if (!answered) flow.answer_time = now - flow.answer_time;
    flow.tcp[1].set(Mark::handshake);
    flow.confirm_time = now;
  } else if (scene.side == 0 && syn_ack == kTcpAck && answered && segment.acknowledged == scene.theirs.next) {
    flow.confirm_time = now - flow.confirm_time;
    flow.tcp[0].set(Mark::handshake_done);
  }
}

void note_flags(Scene& scene, const Segment& segment) {
  Flow& flow = scene.flow;
  const unsigned side = scene.side;
  const std::uint8_t flags = segment.flags;
  if ((flags & kTcpSyn) != 0) note(flow, side, (flags & kTcpAck) != 0 ? Happening::syn_ack : Happening::syn);
  if ((flags & kTcpSyn) != 0 && (flags & kTcpFin) != 0) note(flow, side, Happening::many_flags);
  if ((flags & kTcpRst) != 0 && (flags & (kTcpSyn | kTcpFin)) != 0) note(flow, side, Happening::inconsistent);
  if (segment.length == 0 && !segment.controls() && (flags & kTcpAck) != 0) note(flow, side, Happening::pure_ack);
  if (segment.length != 0) note(flow, side, Happening::data);
  if ((flags & kTcpFin) != 0) note(flow, side, Happening::fin);
  if ((flags & kTcpRst) != 0) note(flow, side, Happening::rst);
}

void note_end(Scene& scene, const Segment& segment) {
  Flow& flow = scene.flow;
  const std::uint8_t theirs = flow.tcp_flags[1 - scene.side];
  const std::uint8_t mine = flow.tcp_flags[scene.side];
  const bool reset_before = ((mine | theirs) & kTcpRst) != 0;
  const bool both_fins = (mine & theirs & kTcpFin) != 0;
  if ((segment.flags & kTcpRst) != 0 && !reset_before && !both_fins) {
    flow.tcp[0].set(Mark::closed_first, scene.side == 0);
    flow.tcp[1].set(Mark::closed_first, scene.side == 1);
  }
  if ((segment.flags & kTcpFin) == 0 || (mine & kTcpFin) != 0 || reset_before) return;
  if ((theirs & kTcpFin) == 0) {
    scene.mine.set(Mark::closed_first);
  } else if (before(segment.acknowledged, scene.theirs.next)) {
    scene.mine.set(Mark::fins_crossed);
  }
}

void count_flags(Flow& flow, unsigned side, std::uint8_t flags) {
  flow.tcp_flags[side] |= flags;
  const std::uint8_t both = flow.tcp_flags[0] & flow.tcp_flags[1];
  if (((flow.tcp_flags[0] | flow.tcp_flags[1]) & kTcpRst) != 0) {
    flow.patience = Patience::closing;
    if (flow.end_reason != record::EndReason::fin) flow.end_reason = record::EndReason::reset;
  } else if ((both & kTcpFin) != 0) {
    flow.patience = Patience::closing;
    flow.end_reason = record::EndReason::fin;
  } else if ((both & kTcpAck) != 0) {
    flow.patience = Patience::established;
  }
}

}  // namespace

bool opens_anew(const Flow& flow, unsigned side, const Packet& segment) {
  if ((segment.tcp_flags & (kTcpSyn | kTcpAck)) != kTcpSyn) return false;
  if (flow.patience == Patience::closing) return true;
  if ((flow.tcp_flags[side] & kTcpSyn) != 0) return flow.tcp[side].first != segment.tcp_sequence;
  const std::uint8_t theirs = flow.tcp_flags[1 - side];
  if ((theirs & kTcpSyn) == 0) return true;  // what there is was in its middle
  // An answer that was seen before its SYN, or both sides that begin at once.
  return (theirs & kTcpAck) != 0 && flow.tcp[1 - side].acknowledged != segment.tcp_sequence + 1;
}

void follow_tcp(Flow& flow, unsigned side, const Packet& packet, base::PacketTime now, Rarities& rarities) {
  Scene scene{flow, side, now, rarities, flow.tcp[side], flow.tcp[1 - side]};
  const Segment segment{packet.tcp_sequence, packet.payload_length, packet.tcp_acknowledgment, packet.tcp_window,
                        packet.tcp_flags};
  const Probe probe = probe_of(scene, segment);
  if (probe != Probe::window) {
    judge_window(scene, segment);
    judge_repetition(scene, segment);
  }
  TcpTrack& mine = scene.mine;
  if (segment.acknowledged != mine.acknowledged) mine.duplicate_run = 0;
  if (flow.patience != Patience::established || segment.controls()) {
    time_handshake(scene, segment);
    note_end(scene, segment);
  }
  note_flags(scene, segment);
  judge_sequence(scene, segment, probe);
  mine.window = segment.window;
  mine.acknowledged = segment.acknowledged;
  mine.set(Mark::last_keep_alive, probe == Probe::keep_alive);
  mine.set(Mark::last_probe, probe == Probe::window);
  mine.set(Mark::seen);
  count_flags(flow, side, segment.flags);
}

}  // namespace holter::flow

// SequenceWindow tells a fresh datagram from one that was seen before, so that a replay is no sign of life. It follows
// the window of RFC 6479 within one incarnation of a beacon and remembers the incarnation before, for its delayed
// datagrams. Two beacons that share a name are told apart and both count. 48 bytes, pure, one thread.
#pragma once

#include <cstdint>

namespace holter::heartbeat {

enum class Freshness : std::uint8_t {
  newest,     // later than all before of its incarnation
  reordered,  // new, but overtaken
  seen,       // a duplicate, or too old to know
};

class SequenceWindow {
 public:
  static constexpr std::uint64_t kWidth = 64;

  // incarnation and sequence are not 0.
  Freshness accept(std::uint64_t incarnation, std::uint64_t sequence);
  // Whether message or terminate `number` of the incarnation is new; only for an accepted datagram.
  bool accept_number(std::uint32_t number);
  // Whether it was accepted before: then its ack is due again.
  bool number_seen(std::uint64_t incarnation, std::uint32_t number) const;

  bool knows(std::uint64_t incarnation) const {
    return incarnation == current_.incarnation || incarnation == previous_.incarnation;
  }
  std::uint64_t incarnation() const { return current_.incarnation; }
  std::uint64_t newest() const { return current_.newest; }

 private:
  struct Track {
    std::uint64_t incarnation = 0;
    std::uint64_t newest = 0;
  };

  Track current_;
  Track previous_;
  std::uint64_t seen_ = 0;    // bit i: newest - i was accepted
  std::uint32_t number_ = 0;  // the newest of the current incarnation
  std::uint32_t previous_number_ = 0;
};
static_assert(sizeof(SequenceWindow) == 48);

}  // namespace holter::heartbeat

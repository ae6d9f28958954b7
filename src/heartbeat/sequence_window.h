// SequenceWindow tells a fresh datagram from one that was seen before, so that a replay is no sign of life. It follows
// the window of RFC 6479 within one incarnation of a beacon and remembers the incarnation before, for its delayed
// datagrams. Two beacons that share a name are told apart and both count.
//
// One of the incarnations may keep the session: the one that announced an interval, until it is released.
// 40 bytes and 40 more once there was a second incarnation. Pure, one thread.
#pragma once

#include <cstdint>
#include <memory>

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
    return incarnation == current_.incarnation || (before_ && incarnation == before_->track.incarnation);
  }
  std::uint64_t incarnation() const { return current_.incarnation; }
  std::uint64_t newest() const { return current_.newest; }

  // The incarnation of the accepted datagram keeps the session from now on.
  void keep();
  void release();
  bool kept() const { return kept_; }
  // Whether one keeps it, and another than that of the accepted datagram.
  bool kept_by_other() const { return kept_ && !keeps_; }

 private:
  struct Track {
    std::uint64_t incarnation = 0;
    std::uint64_t newest = 0;
  };

  struct Before {
    Track track;
    std::uint32_t number = 0;
    std::uint64_t keeper = 0;
  };

  void enter(std::uint64_t incarnation);

  Track current_;
  std::uint64_t seen_ = 0;          // bit i: newest - i was accepted
  std::unique_ptr<Before> before_;  // absent while there was one incarnation
  std::uint32_t number_ = 0;        // the newest of the current incarnation
  bool kept_ = false;
  bool keeps_ = false;  // the current one keeps it
};
static_assert(sizeof(SequenceWindow) == 40);

}  // namespace holter::heartbeat

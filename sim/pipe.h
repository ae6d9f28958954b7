// Pipe is one direction of a simulated byte stream: segments in order, late by what the fabric says, sent again while
// the way is cut or lossy, given up after kStreamGivesUp. It models what a program sees of TCP, not TCP: there are no
// windows on the wire and no frames. A pipe outlives its ends, as a kernel goes on sending after a process closed; it
// holds no coroutine, so it may be destroyed at any time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "sim/stack.h"

namespace holter::sim {

inline constexpr base::Duration kRetransmit = base::Duration::milliseconds(200);
inline constexpr base::Duration kStreamGivesUp = base::Duration::minutes(15);

class StreamEnd;

class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  struct Segment {
    enum class Kind : std::uint8_t { data, end, reset };
    Kind kind = Kind::data;
    std::vector<std::uint8_t> bytes;
  };

  Pipe(Stack& from, Stack& to) : from_(from), to_(to), cycles_(from.power_cycles()) {}

  void connect(std::weak_ptr<StreamEnd> sender, std::weak_ptr<StreamEnd> receiver);
  void push(Segment segment);

 private:
  void carry_front();
  void arrive();
  void reset_sender();

  Stack& from_;
  Stack& to_;
  std::uint32_t cycles_;  // a kernel that lost power forgets what it had to send
  std::weak_ptr<StreamEnd> sender_;
  std::weak_ptr<StreamEnd> receiver_;
  std::deque<Segment> queue_;
  std::optional<base::Instant> stuck_since_;
};

}  // namespace holter::sim

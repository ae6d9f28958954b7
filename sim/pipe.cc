#include "sim/pipe.h"

#include "sim/stream.h"

namespace holter::sim {

void Pipe::connect(std::weak_ptr<StreamEnd> sender, std::weak_ptr<StreamEnd> receiver) {
  sender_ = std::move(sender);
  receiver_ = std::move(receiver);
}

void Pipe::push(Segment segment) {
  queue_.push_back(std::move(segment));
  if (queue_.size() == 1) carry_front();
}

void Pipe::carry_front() {
  auto& timeline = from_.internet().timeline();
  const auto self = shared_from_this();
  const auto arrivals = from_.internet().fabric().carry(from_.index(), to_.index());
  if (!arrivals.empty() && to_.powered()) {
    stuck_since_.reset();
    timeline.at(arrivals.front(), "segment", [self] { self->arrive(); });
    return;
  }
  if (!stuck_since_) stuck_since_ = timeline.now();
  if (timeline.now() - *stuck_since_ >= kStreamGivesUp) {
    queue_.clear();
    if (const auto sender = sender_.lock()) sender->reset("the peer did not answer for 15 minutes");
    return;
  }
  timeline.after(kRetransmit, "retransmit", [self] {
    if (self->from_.power_cycles() == self->cycles_) self->carry_front();
  });
}

void Pipe::arrive() {
  if (from_.power_cycles() != cycles_) return;
  if (!to_.powered()) return carry_front();
  Segment segment = std::move(queue_.front());
  queue_.pop_front();
  from_.internet().timeline().trace().note("bytes", segment.bytes);
  if (const auto receiver = receiver_.lock(); receiver && !receiver->closed()) {
    receiver->take(std::move(segment));
  } else if (segment.kind == Segment::Kind::data) {
    reset_sender();
  }
  if (!queue_.empty()) carry_front();
}

void Pipe::reset_sender() {
  queue_.clear();
  for (const auto when : from_.internet().fabric().carry(to_.index(), from_.index())) {
    from_.internet().timeline().at(when, "reset", [weak = sender_] {
      if (const auto sender = weak.lock()) sender->reset("the peer reset the connection");
    });
  }
}

}  // namespace holter::sim

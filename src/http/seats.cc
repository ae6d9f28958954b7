#include "http/seats.h"

namespace holter::http {

bool Seats::free_one(base::Instant now) {
  Seat* oldest = nullptr;
  for (Seat* seat : seats_) {
    const bool reads = seat->phase_ == Seat::Phase::reading;
    const bool stuck = seat->phase_ == Seat::Phase::writing && now - seat->since_ > kPatience;
    if (!reads && !stuck) continue;
    if (oldest == nullptr || seat->since_ < oldest->since_) oldest = seat;
  }
  if (oldest == nullptr) return false;
  oldest->phase_ = Seat::Phase::given_up;
  oldest->stream_.close();
  return true;
}

Seat::Seat(std::shared_ptr<Seats> seats, env::ByteStream& stream, base::Instant now)
    : book_(std::move(seats)), stream_(stream), since_(now) {
  book_->seats_.push_back(this);
}

Seat::~Seat() { std::erase(book_->seats_, this); }

void Seat::enter(Phase phase, base::Instant now) {
  if (phase_ == Phase::given_up) return;
  phase_ = phase;
  since_ = now;
}

}  // namespace holter::http

// Seats is who sits on the server's connections, so that there is always one for who asks now: when all are taken, the
// connection that has kept holter waiting longest for its request is given up, else one that does not take its answer.
// A connection that is being answered, or follows an event stream, is never given up. Used from the server's loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "env/network.h"

namespace holter::http {

class Seat;

class Seats {
 public:
  // A peer may take so long for an answer before its connection counts as idle.
  static constexpr base::Duration kPatience = base::Duration::seconds(1);

  // Closes one connection; false when all are at work.
  bool free_one(base::Instant now);

 private:
  friend class Seat;
  std::vector<Seat*> seats_;
};

// One connection's seat, for as long as it lives. It shares the book with the server, which it may outlive.
class Seat {
 public:
  enum class Phase : std::uint8_t { reading, answering, writing, given_up };

  Seat(std::shared_ptr<Seats> seats, env::ByteStream& stream, base::Instant now);
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  void enter(Phase phase, base::Instant now);

 private:
  friend class Seats;
  std::shared_ptr<Seats> book_;
  env::ByteStream& stream_;
  Phase phase_ = Phase::reading;
  base::Instant since_;
};

}  // namespace holter::http

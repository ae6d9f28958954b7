// Strangers counts the sessions of a SessionTable that nothing proves, in all and by the address (with IPv6 the /64,
// origin.h) that each was opened from, and knows which of those that are over were over first: they give way, so that
// no newcomer is refused because of the dead. Who is awaited never does. Sessions are called by their rows; some 200
// bytes for each one counted. Pure; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/ip.h"

namespace holter::heartbeat {

class Strangers {
 public:
  using Row = std::uint32_t;
  struct Limits {
    std::size_t all = 1'000;
    std::size_t of_address = 64;
  };

  explicit Strangers(Limits limits) : limits_(limits) {}

  // Whether one more may be opened from there; first_to_go() must go first, if there is one.
  bool has_room(const base::IpAddress& address) const;
  std::optional<Row> first_to_go(const base::IpAddress& address) const;
  // The one that has been over for the longest time, wherever it is from.
  std::optional<Row> longest_over() const;

  // A new one is over until awaited.
  void opened(Row row, const base::IpAddress& address);
  // Whether something is awaited of it, or it is over. Nothing for rows that were not opened here.
  void set_awaited(Row row, bool awaited);
  void forget(Row row);
  // What was known as `from` is called `to`, which nobody is.
  void move(Row from, Row to);

  std::size_t size() const { return strangers_.size(); }

 private:
  using Turns = std::map<std::uint64_t, Row>;  // of those that are over, the first one first
  struct Stranger {
    base::IpAddress origin;
    std::uint64_t turn = 0;  // zero: awaited
  };
  struct OfOrigin {
    std::size_t count = 0;
    Turns over;
  };

  Limits limits_;
  std::uint64_t last_turn_ = 0;
  std::unordered_map<Row, Stranger> strangers_;
  std::unordered_map<base::IpAddress, OfOrigin> by_origin_;
  Turns over_;
};

}  // namespace holter::heartbeat

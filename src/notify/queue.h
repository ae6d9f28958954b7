// Queue is what one notifier still has to tell: changes in the order of each session, the sessions beside one another.
//
// * Of a session one change is under way at a time; the next one waits until it is settled.
// * A failed try is made again after 1 s, 2 s, 4 s ... 5 min, of that a random part of at least half. What has failed
//   for a day is given up and counted.
// * When kOutage sessions have failed without a success between, the receiver itself is taken to be away: then one try
//   at a time is made, at the same growing distances, of the session that waits longest since it was tried. Its success
//   lets everything go at once.
// * It is bounded: the oldest that is not under way goes first, and the next delivery says how many were left out.
//
// Pure: takes `now`, says when it wants to be asked again. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "notify/change.h"

namespace holter::notify {

struct QueueLimits {
  std::size_t waiting = 10'000;
  std::size_t under_way = 8;
  base::Duration least_pause = base::Duration::seconds(1);
  base::Duration most_pause = base::Duration::minutes(5);
  base::Duration most_asked_pause = base::Duration::hours(1);  // that a receiver may ask for
  base::Duration give_up = base::Duration::hours(24);
};

inline constexpr std::size_t kOutage = 3;

// What became of one try.
struct Outcome {
  enum class Kind : std::uint8_t { delivered, refused, failed };  // refused: another try would be refused as well
  Kind kind = Kind::failed;
  std::string said;                                // in words: "HTTP 503", "exit status 3", "connection refused"
  std::optional<base::Duration> asked_pause = {};  // what the receiver wants nothing for
};

struct Delivery {
  Change change;
  std::uint32_t attempt = 1;
  std::uint64_t left_out = 0;  // changes that were never told, for want of room
};

struct QueueCounts {
  std::uint64_t delivered = 0;
  std::uint64_t refused = 0;
  std::uint64_t given_up = 0;
  std::uint64_t left_out = 0;
  std::uint64_t failed_tries = 0;
};

class Queue {
 public:
  explicit Queue(QueueLimits limits = {}) : limits_(limits) {}

  // A change that happened `age` ago. False when it is here already.
  bool push(Change change, base::Instant now, base::Duration age);
  // What is to be tried now; it is under way until settle().
  std::optional<Delivery> take(base::Instant now);
  // `unit` is random in [0, 1).
  void settle(const record::RecordId& id, Outcome::Kind kind, std::optional<base::Duration> asked_pause,
              base::Instant now, double unit);
  // When take() may have something, unless something is settled or pushed before.
  base::Instant next_deadline() const;

  // From before a restart: what the next delivery has to say.
  void add_left_out(std::uint64_t count) { unsaid_ += count; }
  std::uint64_t unsaid() const { return unsaid_; }
  // Of what waits or is under way.
  std::vector<record::RecordId> ids() const;
  std::size_t size() const { return entries_.size(); }
  std::size_t under_way() const { return under_way_; }
  const QueueCounts& counts() const { return counts_; }

 private:
  using Arrival = std::uint64_t;
  using Due = std::pair<base::Instant, Arrival>;  // of a session's first change

  struct Entry {
    Change change;
    std::string session;
    base::Instant give_up_at;
    std::uint32_t attempts = 0;
    std::uint64_t saying = 0;  // left out, as its delivery says
    bool under_way = false;
  };
  struct Line {
    std::deque<Arrival> entries;
    base::Instant due;
    std::uint32_t failures = 0;   // of its first change
    std::uint64_t failed_in = 0;  // the stretch of failures it failed in last
  };

  bool is_outage() const { return failing_lines_ >= kOutage; }
  base::Duration pause(std::uint32_t failures, double unit) const;
  void remove(Arrival arrival);
  void expire(base::Instant now);
  void succeeded(base::Instant now);
  void failed(Entry& entry, std::optional<base::Duration> asked_pause, base::Instant now, double unit);

  QueueLimits limits_;
  Arrival next_arrival_ = 1;
  std::map<Arrival, Entry> entries_;
  std::map<std::string, Line> lines_;
  std::map<record::RecordId, Arrival> arrivals_;
  std::set<Due> due_;  // sessions of which nothing is under way
  std::size_t under_way_ = 0;
  std::uint64_t unsaid_ = 0;
  std::uint64_t stretch_ = 1;  // ends with a success
  std::size_t failing_lines_ = 0;
  std::uint32_t outage_failures_ = 0;
  base::Instant paused_until_;
  QueueCounts counts_;
};

}  // namespace holter::notify

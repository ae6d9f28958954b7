// TraceCourse is one trace to one target: what to ask next, what an answer means, and when it is over. It first walks
// up the hops with one flow (Paris: all that routers choose a way by stays the same, so that the hops are one path), a
// few hops at a time; then it asks every hop that answered with further flows until, with 95 % confidence, no branch is
// unseen (the stopping rule of MDA, Veitch et al. 2009; hop by hop and with the same flows at each, as MDA-Lite).
//
// It asks no router faster than RouterPace allows. A hop whose routers are spent, and known from traces to its
// neighbours, is taken over and marked as shared. A question is open after kWait and asked kTries times in all; an
// answer that comes later, but before the end, still counts.
//
// At most kMaxAsks questions. Pure: takes `now`, says next_deadline(). The pace and the neighbours outlive it.
#pragma once

#include <optional>
#include <vector>

#include "probe/trace/neighbours.h"
#include "probe/trace/pace.h"
#include "probe/trace/walk.h"
#include "record/path.h"

namespace holter::probe {

struct CourseOptions {
  std::uint8_t max_hops = 30;
  std::uint8_t gap = 5;      // so many silent hops in a row are the end
  std::uint32_t rounds = 3;  // answers wanted of a hop that is asked with one flow only
  bool branches = true;
};

class TraceCourse final : public TraceWalk {
 public:
  static constexpr base::Duration kWait = base::Duration::seconds(1);
  static constexpr std::uint8_t kTries = 3;
  static constexpr std::size_t kMaxAsks = 4'096;

  TraceCourse(base::IpAddress target, CourseOptions options, RouterPace& pace, NearHops& near);
  ~TraceCourse() override;
  TraceCourse(const TraceCourse&) = delete;
  TraceCourse& operator=(const TraceCourse&) = delete;

  std::optional<TraceAsk> next(base::Instant now) override;
  void on_answer(const TraceAnswer& answer, base::Instant now) override;
  void on_unsent(std::uint32_t number) override;
  bool finished() const override { return finished_; }
  base::Instant next_deadline() const override { return next_deadline_; }
  bool waits_for_room() const override { return waits_for_room_; }

  // What is known so far; `unfinished` before the end.
  record::Path path() const;
  // Who answers this flow at this hop; empty: nobody did.
  std::optional<base::IpAddress> router_of(std::uint8_t ttl, std::uint16_t flow) const;
  // Of the target's first answer; empty: it has not answered.
  std::optional<base::Duration> target_rtt() const { return target_rtt_; }

 private:
  struct Flow {
    std::uint8_t asked = 0;
    std::uint8_t answered = 0;
    std::uint8_t open = 0;
    std::optional<base::IpAddress> router = {};
    unsigned out() const { return static_cast<unsigned>(asked - answered - open); }
    bool given_up() const { return open >= kTries; }
  };
  struct Seen {
    record::Branch branch;
    base::Duration sum;
  };
  struct Hop {
    std::uint32_t sent = 0;
    bool shared = false;
    bool complete = false;
    std::vector<Flow> flows;
    std::vector<Seen> seen;
    bool answered() const { return !seen.empty(); }
  };
  struct Asked {
    TraceAsk ask;
    base::IpAddress charged;  // whose pace it counts in
    base::Instant deadline;
    enum class State : std::uint8_t { out, open, answered };
    State state = State::out;
  };

  Hop& hop(std::uint8_t ttl) { return hops_[ttl - 1U]; }
  const Hop& hop(std::uint8_t ttl) const { return hops_[ttl - 1U]; }
  Flow& flow(std::uint8_t ttl, std::uint16_t number);
  std::uint8_t highest_answered() const;

  void expire(base::Instant now);
  void leave_open(Asked& asked);
  void look_for_end();
  bool loops() const;
  std::optional<std::uint8_t> hop_to_scout() const;
  std::optional<std::uint16_t> flow_to_ask(std::uint8_t ttl);
  std::optional<TraceAsk> scout(base::Instant now);
  std::optional<TraceAsk> enumerate(base::Instant now);
  bool has_room(const base::IpAddress& router, base::Instant now);
  bool may_ask(const base::IpAddress& router, base::Instant now);
  bool take_over(std::uint8_t ttl, bool only_complete, base::Instant now);
  void settle(std::uint8_t ttl, base::Instant now);
  base::IpAddress router_to_charge(std::uint8_t ttl, std::uint16_t flow, base::Instant now);
  TraceAsk ask(std::uint8_t ttl, std::uint16_t flow, const base::IpAddress& charged, base::Instant now);
  void count(Hop& hop, const TraceAnswer& answer);

  base::IpAddress target_;
  CourseOptions options_;
  RouterPace& pace_;
  NearHops& near_;
  std::vector<Hop> hops_;
  std::vector<Asked> asked_;
  std::size_t first_out_ = 0;  // all before it are out no more
  std::uint8_t last_ = 0;      // the hop at which the way ends, once known
  record::PathEnd end_ = record::PathEnd::untraced;
  std::optional<base::Duration> target_rtt_;
  bool finished_ = false;
  bool waits_for_room_ = false;
  base::Instant next_deadline_;
};

}  // namespace holter::probe

#include "probe/trace/course.h"

#include <algorithm>
#include <array>

namespace holter::probe {
namespace {

// So many hops are asked for the first time at once.
constexpr unsigned kAhead = 3;
// The last wait is longer: a router that looks for a neighbour gives up after three seconds and says so.
constexpr base::Duration kLastWait = base::Duration::seconds(2);
// While somebody else has the room or the claim.
constexpr base::Duration kLookAgain = base::Duration::milliseconds(200);

// With k branches seen, so many flows must have been asked to be sure, with 95 %, that there is no other: the sum over
// the branches stays below 5 % (Veitch, Augustin, Friedman, Teixeira: Failure Control in Multipath Route Tracing).
constexpr std::array<std::uint16_t, record::kMaxBranches> kEnoughFlows = {6,  11, 16, 21, 27, 33, 38, 44,
                                                                          51, 57, 63, 70, 76, 83, 90, 96};

}  // namespace

TraceCourse::TraceCourse(base::IpAddress target, CourseOptions options, RouterPace& pace, NearHops& near)
    : target_(target), options_(options), pace_(pace), near_(near), hops_(options.max_hops) {}

TraceCourse::~TraceCourse() {
  for (const Asked& asked : asked_) {
    if (asked.state == Asked::State::out) pace_.ended(asked.charged);
  }
  near_.release(this);
}

TraceCourse::Flow& TraceCourse::flow(std::uint8_t ttl, std::uint16_t number) {
  auto& flows = hop(ttl).flows;
  if (flows.size() <= number) flows.resize(number + 1U);
  return flows[number];
}

std::uint8_t TraceCourse::highest_answered() const {
  std::uint8_t ttl = options_.max_hops;
  while (ttl > 0 && !hop(ttl).answered()) --ttl;
  return ttl;
}

void TraceCourse::leave_open(Asked& asked) {
  asked.state = Asked::State::open;
  ++flow(asked.ask.ttl, asked.ask.flow).open;
  pace_.ended(asked.charged);
}

void TraceCourse::expire(base::Instant now) {
  next_deadline_ = base::Instant::max();
  waits_for_room_ = false;
  for (std::size_t i = first_out_; i < asked_.size(); ++i) {
    Asked& asked = asked_[i];
    if (asked.state != Asked::State::out) {
      if (i == first_out_) ++first_out_;
      continue;
    }
    const bool beyond = end_ != record::PathEnd::untraced && asked.ask.ttl > last_;
    if (beyond) {
      leave_open(asked);
      continue;
    }
    if (asked.deadline > now) {
      next_deadline_ = std::min(next_deadline_, asked.deadline);
      continue;
    }
    leave_open(asked);
    const auto* const known = near_.at(target_, asked.ask.ttl, now);
    if (!asked.charged.is_any()) {
      pace_.left_open(asked.charged, now);
    } else if (known != nullptr && known->routers.size() == 1) {
      pace_.left_open(known->routers.front(), now);
    }
  }
}

// A router that is met three times, with another in between.
bool TraceCourse::loops() const {
  const std::uint8_t highest = highest_answered();
  for (std::uint8_t ttl = 1; ttl <= highest; ++ttl) {
    if (!hop(ttl).answered()) continue;
    const base::IpAddress& router = hop(ttl).seen.front().branch.address;
    unsigned met = 1;
    bool other_between = false;
    for (std::uint8_t later = static_cast<std::uint8_t>(ttl + 1); later <= highest; ++later) {
      if (!hop(later).answered()) continue;
      const bool same = hop(later).seen.front().branch.address == router;
      met += same ? 1 : 0;
      other_between = other_between || !same;
      if (same && met == 3) return other_between;
    }
  }
  return false;
}

void TraceCourse::look_for_end() {
  if (end_ != record::PathEnd::untraced) return;
  const std::uint8_t highest = highest_answered();
  const auto silent_until = static_cast<std::uint8_t>(std::min<unsigned>(highest + options_.gap, options_.max_hops));
  bool silent = true;
  for (std::uint8_t ttl = static_cast<std::uint8_t>(highest + 1); ttl <= silent_until; ++ttl) {
    silent = silent && !hop(ttl).flows.empty() && hop(ttl).flows.front().given_up();
  }
  if (loops()) {
    end_ = record::PathEnd::loop;
  } else if (highest == options_.max_hops) {
    end_ = record::PathEnd::too_long;
  } else if (silent) {
    end_ = record::PathEnd::silent;
  }
  if (end_ != record::PathEnd::untraced) last_ = highest;
}

// The lowest that has no answer and is not being asked; none while kAhead are asked for the first time.
std::optional<std::uint8_t> TraceCourse::hop_to_scout() const {
  const bool ended = end_ != record::PathEnd::untraced;
  const unsigned horizon = ended ? last_ : std::min<unsigned>(highest_answered() + options_.gap, options_.max_hops);
  unsigned unheard = 0;
  for (std::uint8_t ttl = 1; ttl <= horizon; ++ttl) {
    const Hop& here = hop(ttl);
    if (here.answered()) continue;
    const Flow first = here.flows.empty() ? Flow() : here.flows.front();
    if (first.given_up()) continue;
    if (first.out() == 0) return ttl;
    if (first.open == 0 && ++unheard >= kAhead) return std::nullopt;
  }
  return std::nullopt;
}

// As the pace says; else when to look again.
bool TraceCourse::has_room(const base::IpAddress& router, base::Instant now) {
  const base::Instant at = pace_.ready_at(router, now);
  if (at <= now) return true;
  const bool limits = pace_.limits(router);
  waits_for_room_ = waits_for_room_ || !limits;
  next_deadline_ = std::min(next_deadline_, limits ? at : now + kLookAgain);
  return false;
}

bool TraceCourse::may_ask(const base::IpAddress& router, base::Instant now) {
  if (!has_room(router, now)) return false;
  if (!pace_.limits(router) || near_.claim(router, this)) return true;
  next_deadline_ = std::min(next_deadline_, now + kLookAgain);
  return false;
}

// What traces to the neighbours met here, when all of those are spent.
bool TraceCourse::take_over(std::uint8_t ttl, bool only_complete, base::Instant now) {
  const auto* const known = near_.at(target_, ttl, now);
  if (known == nullptr || known->routers.empty() || (only_complete && !known->complete)) return false;
  const auto spent = [&](const base::IpAddress& router) { return pace_.is_spent(router, now); };
  if (!std::ranges::all_of(known->routers, spent)) return false;
  Hop& here = hop(ttl);
  for (const auto& router : known->routers) {
    const auto is_it = [&](const Seen& seen) { return seen.branch.address == router; };
    if (std::ranges::any_of(here.seen, is_it)) continue;
    here.seen.push_back({{.address = router}, {}});
    here.shared = true;
  }
  here.complete = known->complete || !options_.branches;
  return true;
}

std::optional<TraceAsk> TraceCourse::scout(base::Instant now) {
  while (const auto ttl = hop_to_scout()) {
    const auto router = router_to_charge(*ttl, 0, now);
    if (pace_.is_spent(router, now) && take_over(*ttl, false, now)) continue;
    if (!has_room(router, now)) return std::nullopt;
    return ask(*ttl, 0, router, now);
  }
  look_for_end();
  return std::nullopt;
}

// The next flow whose answer is wanted of a hop that has answered.
std::optional<std::uint16_t> TraceCourse::flow_to_ask(std::uint8_t ttl) {
  const Hop& here = hop(ttl);
  if (ttl == last_ || !options_.branches) {
    const Flow& only = flow(ttl, 0);
    if (only.given_up() || only.answered + only.out() >= options_.rounds) return std::nullopt;
    return std::uint16_t{0};
  }
  std::size_t wanted = kEnoughFlows.at(std::min(here.seen.size(), kEnoughFlows.size()) - 1);
  for (std::uint16_t number = 0; number < wanted; ++number) {
    const Flow& asked = flow(ttl, number);
    if (asked.answered > 0 || asked.out() > 0) continue;
    if (!asked.given_up()) return number;
    wanted = std::min<std::size_t>(wanted + 1, kEnoughFlows.back());
  }
  return std::nullopt;
}

void TraceCourse::settle(std::uint8_t ttl, base::Instant now) {
  const auto is_out = [](const Flow& flow) { return flow.out() > 0; };
  if (std::ranges::any_of(hop(ttl).flows, is_out)) return;
  hop(ttl).complete = true;
  if (options_.branches && ttl != last_) near_.learn_complete(target_, ttl, now);
}

std::optional<TraceAsk> TraceCourse::enumerate(base::Instant now) {
  if (end_ == record::PathEnd::untraced) return std::nullopt;
  for (std::uint8_t ttl = 1; ttl <= last_; ++ttl) {
    if (!hop(ttl).answered() || hop(ttl).complete) continue;
    const auto wanted = flow_to_ask(ttl);
    if (!wanted || asked_.size() >= kMaxAsks) {
      settle(ttl, now);
      continue;
    }
    const auto router = router_to_charge(ttl, *wanted, now);
    if (may_ask(router, now)) return ask(ttl, *wanted, router, now);
    if (ttl != last_ && pace_.is_spent(router, now)) take_over(ttl, options_.branches, now);
  }
  return std::nullopt;
}

std::optional<TraceAsk> TraceCourse::next(base::Instant now) {
  expire(now);
  if (finished_) return std::nullopt;
  look_for_end();
  if (auto wanted = scout(now)) return wanted;
  if (auto wanted = enumerate(now)) return wanted;
  if (next_deadline_ == base::Instant::max() && end_ != record::PathEnd::untraced) {
    finished_ = true;
    near_.release(this);
  }
  return std::nullopt;
}

base::IpAddress TraceCourse::router_to_charge(std::uint8_t ttl, std::uint16_t number, base::Instant now) {
  if (const auto& router = flow(ttl, number).router) return *router;
  const auto sooner = [&](const base::IpAddress& a, const base::IpAddress& b) {
    return pace_.ready_at(a, now) < pace_.ready_at(b, now);
  };
  std::vector<base::IpAddress> routers;
  for (const Seen& seen : hop(ttl).seen) routers.push_back(seen.branch.address);
  if (routers.empty()) {
    if (const auto* const known = near_.at(target_, ttl, now)) routers = known->routers;
  }
  if (routers.empty()) return base::IpAddress::any(target_.family());
  return *std::ranges::min_element(routers, sooner);
}

TraceAsk TraceCourse::ask(std::uint8_t ttl, std::uint16_t number, const base::IpAddress& charged, base::Instant now) {
  Flow& asked = flow(ttl, number);
  const base::Instant deadline = now + (asked.open + 1 == kTries ? kLastWait : kWait);
  ++asked.asked;
  ++hop(ttl).sent;
  const TraceAsk ask{static_cast<std::uint32_t>(asked_.size()), ttl, number};
  asked_.push_back({ask, charged, deadline});
  pace_.asked(charged, now);
  next_deadline_ = std::min(next_deadline_, deadline);
  return ask;
}

void TraceCourse::on_unsent(std::uint32_t number) {
  if (number < asked_.size() && asked_[number].state == Asked::State::out) leave_open(asked_[number]);
}

void TraceCourse::count(Hop& hop, const TraceAnswer& answer) {
  const auto is_it = [&](const Seen& seen) { return seen.branch.address == answer.from; };
  auto seen = std::ranges::find_if(hop.seen, is_it);
  if (seen == hop.seen.end()) {
    if (hop.seen.size() >= record::kMaxBranches) return;
    hop.seen.push_back({{.address = answer.from}, {}});
    seen = hop.seen.end() - 1;
  }
  record::Branch& branch = seen->branch;
  branch.rtt_min = branch.answered == 0 ? answer.rtt : std::min(branch.rtt_min, answer.rtt);
  branch.rtt_max = std::max(branch.rtt_max, answer.rtt);
  seen->sum += answer.rtt;
  ++branch.answered;
  branch.rtt_avg = seen->sum / std::int64_t{branch.answered};
  branch.icmp_type = answer.icmp_type;
  branch.icmp_code = answer.icmp_code;
  branch.labels = answer.labels;
  if (branch.labels.size() > record::kMaxMplsLabels) branch.labels.resize(record::kMaxMplsLabels);
}

void TraceCourse::on_answer(const TraceAnswer& answer, base::Instant now) {
  if (answer.number >= asked_.size() || finished_) return;
  Asked& asked = asked_[answer.number];
  if (asked.state == Asked::State::answered) return;
  Flow& asked_flow = flow(asked.ask.ttl, asked.ask.flow);
  if (asked.state == Asked::State::out) pace_.ended(asked.charged);
  if (asked.state == Asked::State::open) --asked_flow.open;
  asked.state = Asked::State::answered;
  ++asked_flow.answered;
  asked_flow.router = answer.from;
  pace_.answered(answer.from);
  count(hop(asked.ask.ttl), answer);
  const bool passing = answer.kind == TraceAnswer::Kind::passing;
  if (passing) near_.learn(target_, asked.ask.ttl, answer.from, now);
  if (answer.kind == TraceAnswer::Kind::target && !target_rtt_) target_rtt_ = answer.rtt;
  if (passing || asked.ask.flow != 0) return;
  // With some hops asked at once the target answers at several; the lowest is its distance.
  const bool known_end = end_ == record::PathEnd::reached || end_ == record::PathEnd::unreachable;
  if (known_end && last_ <= asked.ask.ttl) return;
  last_ = asked.ask.ttl;
  end_ = answer.kind == TraceAnswer::Kind::target ? record::PathEnd::reached : record::PathEnd::unreachable;
}

std::optional<base::IpAddress> TraceCourse::router_of(std::uint8_t ttl, std::uint16_t number) const {
  if (ttl == 0 || ttl > hops_.size() || number >= hop(ttl).flows.size()) return std::nullopt;
  return hop(ttl).flows[number].router;
}

record::Path TraceCourse::path() const {
  record::Path path;
  path.end = end_ == record::PathEnd::untraced ? record::PathEnd::unfinished : end_;
  const std::uint8_t last = end_ == record::PathEnd::untraced ? highest_answered() : last_;
  for (std::uint8_t ttl = 1; ttl <= last; ++ttl) {
    record::Hop shown{.ttl = ttl, .sent = hop(ttl).sent, .shared = hop(ttl).shared, .branches = {}};
    for (const Seen& seen : hop(ttl).seen) shown.branches.push_back(seen.branch);
    path.hops.push_back(std::move(shown));
  }
  return path;
}

}  // namespace holter::probe

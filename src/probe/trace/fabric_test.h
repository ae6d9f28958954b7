// A fabric of routers for traces, without sockets and clocks: hops of one or several branches that the flow chooses
// among, routers that limit their errors as Linux does, that are silent or lose, loops and ends of every sort. One
// thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "probe/trace/course.h"

namespace holter::probe {

inline base::IpAddress address(const std::string& text) { return base::IpAddress::parse(text).value(); }

struct FabricRouter {
  bool silent = false;
  bool limits = false;
  double loss = 0;
  double tokens = 6;
  base::Instant refilled = {};
  std::uint64_t refused = 0;

  // Six at once and then one a second, as net.ipv4.icmp_ratelimit=1000 does.
  bool answers(base::Instant now, std::mt19937_64& random) {
    if (silent || std::uniform_real_distribution<>(0, 1)(random) < loss) return false;
    if (!limits) return true;
    tokens = std::min(6.0, tokens + (now - refilled).in_seconds());
    refilled = now;
    if (tokens < 1) return ++refused, false;
    tokens -= 1;
    return true;
  }
};

class TraceFabric {
 public:
  explicit TraceFabric(std::uint64_t seed = 1) : random_(seed) {}

  // Hops before the target: each a list of addresses. The same name is the same router, limits and all.
  std::vector<std::vector<std::string>> hops;
  bool target_silent = false;
  bool target_limits = false;
  std::string unreachable_from;  // instead of the target
  std::map<std::string, FabricRouter> routers;
  RouterPace pace;
  NearHops near;
  base::Instant now;
  std::uint64_t sent = 0;

  FabricRouter& router(const std::string& name) { return routers[name]; }
  void limit_all() {
    for (const auto& hop : hops) {
      for (const auto& name : hop) router(name).limits = true;
    }
  }

  struct Running {
    base::IpAddress target;
    std::unique_ptr<TraceCourse> course;
    TraceWalk* walk = nullptr;
    base::Instant finished_at = {};
  };
  Running& trace(const std::string& target, CourseOptions options = {}) {
    running.push_back({address(target), std::make_unique<TraceCourse>(address(target), options, pace, near)});
    running.back().walk = running.back().course.get();
    return running.back();
  }
  // Another walk to a target; it outlives the fabric's run.
  void walk(const std::string& target, TraceWalk& walk) { running.push_back({address(target), nullptr, &walk}); }
  void forget() {
    running.clear();
    coming_.clear();
  }
  // Until all traces are over or `limit` has passed.
  void run(base::Duration limit = base::Duration::seconds(60)) {
    const base::Instant end = now + limit;
    for (;;) {
      base::Instant next = end;
      for (std::size_t i = 0; i < running.size(); ++i) next = std::min(next, turn(i));
      if (!coming_.empty()) next = std::min(next, coming_.begin()->first);
      const bool over = std::ranges::all_of(running, [](const Running& r) { return r.walk->finished(); });
      if (over || now >= end) return;
      now = std::max(now, std::min(next, end));
      while (!coming_.empty() && coming_.begin()->first <= now) {
        const auto [course, answer] = coming_.begin()->second;
        coming_.erase(coming_.begin());
        running.at(course).walk->on_answer(answer, now);
      }
    }
  }
  record::Path path_to(const std::string& target, CourseOptions options = {}) {
    trace(target, options);
    run();
    return running.back().course->path();
  }

  std::vector<Running> running;

 private:
  base::Instant turn(std::size_t index) {
    Running& run = running.at(index);
    if (run.walk->finished()) return base::Instant::max();
    while (const auto ask = run.walk->next(now)) send(index, *ask);
    if (run.walk->finished()) return run.finished_at = now, base::Instant::max();
    return std::max(run.walk->next_deadline(), now + base::Duration::microseconds(1));
  }

  void send(std::size_t index, const TraceAsk& ask) {
    ++sent;
    const auto rtt = base::Duration::milliseconds(ask.ttl);
    TraceAnswer answer;
    answer.number = ask.number;
    answer.rtt = rtt;
    if (ask.ttl <= hops.size()) {
      const auto& branches = hops[ask.ttl - 1U];
      // The same flow takes the same side of every diamond.
      const std::uint64_t hash = (ask.flow + 1) * 0x9e3779b97f4a7c15U >> 33;
      const std::string& name = branches[hash % branches.size()];
      if (!routers[name].answers(now, random_)) return;
      answer.from = address(name.substr(0, name.find('/')));
      answer.icmp_type = 11;
    } else if (!unreachable_from.empty()) {
      answer.kind = TraceAnswer::Kind::unreachable;
      answer.from = address(unreachable_from);
      answer.icmp_type = 3;
    } else {
      if (target_silent) return;
      answer.kind = TraceAnswer::Kind::target;
      answer.from = running.at(index).target;
      if (target_limits && !routers["target"].answers(now, random_)) return;
    }
    coming_.emplace(now + rtt, std::pair(index, answer));
  }

  std::mt19937_64 random_;
  std::multimap<base::Instant, std::pair<std::size_t, TraceAnswer>> coming_;
};

}  // namespace holter::probe

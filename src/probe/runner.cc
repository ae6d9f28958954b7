#include "probe/runner.h"

#include <algorithm>
#include <set>

#include "probe/measurement.h"

namespace holter::probe {
namespace {

constexpr base::Duration kLateness = base::Duration::milliseconds(500);
// Where starts come thick, they are gathered for so long: to wake up is what costs.
constexpr base::Duration kGathering = base::Duration::milliseconds(2);

// A timeout that was noticed long after its deadline says nothing about the target: this host slept or was starved, and
// the answer may have come in the meantime.
record::ProbeResult doubted(record::ProbeResult result, base::Duration timeout, base::Instant now) {
  const base::Duration late = now - (result.started_instant + timeout);
  if (result.outcome != record::Outcome::timeout || late < kLateness) return result;
  return failed(std::move(result), record::Outcome::skipped, result.failed_in,
                "this host did not look for " + base::to_string(late));
}

}  // namespace

Runner::Runner(env::Env env, record::Sink& sink)
    : env_(env),
      schedule_(env.clock.now()),
      probers_(env),
      held_(env, probers_.announcer().packets(), sink),
      plan_changed_(env.executor),
      running_(env.executor) {}
Runner::~Runner() = default;

void Runner::set_plan(const record::Plan& plan) {
  std::set<std::string> kept;
  for (auto it = entries_.begin(); it != entries_.end();) {
    auto& [number, entry] = *it++;
    const bool stays = std::ranges::find(plan.probes, entry.plan) != plan.probes.end();
    if (stays && !entry.removed) {
      kept.insert(entry.plan.name);
    } else {
      dismiss(number);
    }
  }
  std::set<std::string> seen;
  for (const auto& probe_plan : plan.probes) {
    const bool first = seen.insert(probe_plan.name).second;
    if (first && kept.contains(probe_plan.name)) continue;
    const auto mistake = Probers::mistake_in(probe_plan);
    std::string reason = mistake ? mistake->text : "";
    if (!first) reason = "another probe of the plan has its name";
    if (schedule_.size() >= schedule::kMaxEntries) reason = "there are too many";
    if (reason.empty()) {
      const auto number = schedule_.add(
          probe_plan.name, {probe_plan.interval, probe_plan.jitter.value_or(base::Duration()), probe_plan.overlap},
          env_.clock.now());
      Entry& entry = entries_[number];
      entry = {probe_plan, Expectations::compile(probe_plan.expect).value()};
      if (Probers::tell_changes(probe_plan.kind)) {
        entry.leaving = std::make_shared<Leaving>(env_);
        running_.spawn(tell_changes(probe_plan, entry.expectations, entry.leaving));
      }
    } else {
      env_.log.warn(
          "probe", "a probe of the plan is not run here",
          {{"probe", base::UntrustedText(probe_plan.name)}, {"kind", to_string(probe_plan.kind)}, {"why", reason}});
    }
  }
  plan_changed_.notify();
}

env::Task<void> Runner::run() {
  running_.spawn(held_.run());
  while (!stopped_) {
    const base::Instant now = env_.clock.now();
    for (const auto& due : schedule_.due(now)) start(due);
    const base::Instant next = schedule_.next_deadline().value_or(base::Instant::max());
    co_await plan_changed_.wait_until(env_.clock, std::max(next, now + kGathering));
  }
}

env::Task<void> Runner::stop() {
  stopped_ = true;
  plan_changed_.notify();
  co_await running_.stop();
  held_.release_all();
  co_await probers_.stop();
}

void Runner::start(const schedule::Start& due) {
  Entry& entry = entries_.at(due.entry);
  if (entry.removed) return;
  if (due.missed > 0) {
    skip(entry.plan, std::to_string(due.missed) + " starts passed while this host was suspended or busy");
  }
  if (due.skipped) {
    skip(entry.plan, "the one before was still running");
    return;
  }
  ++entry.running;
  const auto done = [this, number = due.entry](record::ProbeResult result) { finish(number, std::move(result)); };
  if (!probers_.start(entry.plan, entry.expectations, done)) running_.spawn(probe_once(due.entry));
}

void Runner::skip(const record::ProbePlan& plan, const std::string& why) {
  auto result = begin(env_, plan);
  held_.accept(failed(std::move(result), record::Outcome::skipped, record::Phase::resolve, why));
}

env::Task<void> Runner::probe_once(std::uint32_t number) {
  Entry& entry = entries_.at(number);
  auto probing = probers_.probe(entry.plan, entry.expectations);
  finish(number, co_await std::move(probing));
}

void Runner::finish(std::uint32_t number, record::ProbeResult result) {
  Entry& entry = entries_.at(number);
  result = doubted(std::move(result), entry.plan.timeout, env_.clock.now());
  if (result.outcome == record::Outcome::ok) result.transcript.clear();
  held_.accept(std::move(result));
  schedule_.finished(number);
  --entry.running;
  if (entry.removed && entry.running == 0) forget(number);
}

env::Task<void> Runner::tell_changes(record::ProbePlan plan, Expectations expectations,
                                     std::shared_ptr<Leaving> leaving) {
  using boost::asio::experimental::awaitable_operators::operator||;
  while (!leaving->now) {
    auto changing = probers_.change(plan, expectations);
    if (!changing) co_return;
    auto left = leaving->said.wait();
    auto first = co_await (std::move(*changing) || std::move(left));
    if (first.index() == 0 && !leaving->now) held_.accept(std::get<0>(std::move(first)));
  }
}

// What runs of it ends by itself.
void Runner::dismiss(std::uint32_t number) {
  Entry& entry = entries_.at(number);
  entry.removed = true;
  if (entry.leaving) {
    entry.leaving->now = true;
    entry.leaving->said.notify();
  }
  if (entry.running == 0) forget(number);
}

void Runner::forget(std::uint32_t number) {
  schedule_.remove(number);
  entries_.erase(number);
}

}  // namespace holter::probe

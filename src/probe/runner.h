// Runner carries a plan out: it asks the schedule what is due, starts the prober of each kind, and hands every result
// to the sink. A changed plan keeps the probes that stay the same on their grid. Starts that passed while nobody looked
// are one `skipped` result that says how many; those that lie within 2 ms are made together. Where a kind has something
// to tell between two runs, that comes too. Where somebody listens to what is announced, a result waits a moment for
// what was seen of its packets (held_results.h). One loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "env/env.h"
#include "probe/held_results.h"
#include "probe/probers.h"
#include "record/probe_plan.h"
#include "record/record.h"
#include "schedule/schedule.h"

namespace holter::probe {

class Runner {
 public:
  // `sink` must outlive the runner and belong to the same loop.
  Runner(env::Env env, record::Sink& sink);
  ~Runner();

  // Takes the plan over: probes that are no longer in it end after the run they are in. Probes of a kind that this
  // holter does not know are refused with a log line.
  void set_plan(const record::Plan& plan);
  // Probes until stop() or until cancelled.
  env::Task<void> run();
  // No further start; what runs is cancelled. The runner may be destroyed after it, and with its loop.
  env::Task<void> stop();
  EchoEngine& echo() { return probers_.echo(); }
  // What a capture saw of announced packets.
  void see(const record::ProbeSightings& sightings) { held_.see(sightings); }
  // For a probe beside the plan, which ends before stop().
  Probers& probers() { return probers_; }

 private:
  // Said to what runs beside an entry when that leaves the plan.
  struct Leaving {
    explicit Leaving(const env::Env& env) : said(env.executor) {}
    bool now = false;
    env::Signal said;
  };
  struct Entry {
    record::ProbePlan plan;
    Expectations expectations;
    bool removed = false;  // leaves the schedule when its run ends
    std::uint32_t running = 0;
    std::shared_ptr<Leaving> leaving = {};  // null: nothing runs beside it
  };

  void start(const schedule::Start& start);
  void skip(const record::ProbePlan& plan, const std::string& why);
  env::Task<void> probe_once(std::uint32_t entry);
  void finish(std::uint32_t entry, record::ProbeResult result);
  env::Task<void> tell_changes(record::ProbePlan plan, Expectations expectations, std::shared_ptr<Leaving> leaving);
  void dismiss(std::uint32_t entry);
  void forget(std::uint32_t entry);

  env::Env env_;
  schedule::Schedule schedule_;
  std::unordered_map<std::uint32_t, Entry> entries_;  // what runs has a place that stays
  Probers probers_;
  HeldResults held_;
  bool stopped_ = false;
  env::Signal plan_changed_;
  env::TaskGroup running_;
};

}  // namespace holter::probe

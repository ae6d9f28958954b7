#include "probe/trace/prober.h"

#include <algorithm>

#include "probe/trace/check.h"
#include "probe/trace/mtu.h"
#include "probe/trace/report.h"

namespace holter::probe {
namespace {

constexpr std::uint8_t kDefaultHops = 30;
// Of a round between two runs, the first at the target; so many seconds.
constexpr std::uint32_t kLooks = 10;
// After a doubt without ground, or where nothing can be sent: whole traces shall stay few.
constexpr base::Duration kRest = base::Duration::seconds(30);

CourseOptions course_options(const TraceOptions& options) {
  CourseOptions course;
  course.max_hops = std::min<std::uint8_t>(options.ttl.value_or(kDefaultHops), record::kMaxHops);
  course.rounds = options.rounds;
  course.branches = !options.one_flow;
  return course;
}

}  // namespace

// Outlives the traces.
struct TraceEngine::Asker {
  record::ProbeResult result;
  TraceOptions options;
  base::Duration timeout;
  base::Instant deadline;
  std::shared_ptr<TraceKnowledge> knowledge;
  TraceCarrier::Road road = {};
  std::unique_ptr<TraceCourse> course = {};  // the last that was traced
  std::optional<base::Error> failure = {};
  std::optional<base::Duration> rtt = {};
  TracePort port = TracePort::unknown;

  void take(const TraceCarrier::Carried& carried, std::optional<base::Duration> target_rtt) {
    failure = carried.failure;
    rtt = target_rtt;
    port = carried.port;
    result.kernel_stamped = carried.kernel_stamped && rtt;
  }
  record::ProbeResult report_of(const record::Path& path) {
    return report(std::move(result), path, {rtt, timeout, port, road.port});
  }
};

struct TraceEngine::Remembered {
  explicit Remembered(const env::Env& env) : told(env.executor) {}

  std::map<base::IpAddress, std::shared_ptr<PathMemory>> paths;
  record::Options options;                // what the paths were found with
  std::optional<base::IpAddress> target;  // of the last run
  unsigned watching = 0;
  env::Signal told;  // a run has ended

  std::shared_ptr<PathMemory> to(const base::IpAddress& address) {
    if (paths.size() >= kMaxRememberedAddresses && !paths.contains(address)) paths.clear();
    auto& memory = paths[address];
    if (!memory) memory = std::make_shared<PathMemory>();
    return memory;
  }
};

// As long as it lives somebody looks between the runs.
struct TraceEngine::Watching {
  explicit Watching(std::shared_ptr<Remembered> what) : known(std::move(what)) { ++known->watching; }
  ~Watching() { --known->watching; }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  std::shared_ptr<Remembered> known;
};

TraceEngine::TraceEngine(env::Env env, Announcer& announcer) : env_(env), announcer_(announcer), carrier_(env) {}
TraceEngine::~TraceEngine() = default;

env::Task<void> TraceEngine::stop() { co_await carrier_.stop(); }

// Of what nobody asks for any more, the paths make room.
std::shared_ptr<TraceEngine::Remembered> TraceEngine::remembered(const record::ProbePlan& plan) {
  if (remembered_.size() >= kMaxMemories) {
    std::erase_if(remembered_, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
  auto& known = remembered_[plan.name];
  if (!known) known = std::make_shared<Remembered>(env_);
  // Another protocol may go another way.
  if (known->options != plan.options) known->paths.clear();
  known->options = plan.options;
  return known;
}

env::Task<void> TraceEngine::trace_whole(Asker& asker) {
  TraceKnowledge& knowledge = *asker.knowledge;
  asker.course =
      std::make_unique<TraceCourse>(asker.road.target, course_options(asker.options), knowledge.pace, knowledge.near);
  auto carrying = carrier_.carry(asker.road, *asker.course, asker.deadline);
  const auto carried = co_await std::move(carrying);
  asker.take(carried, asker.course->target_rtt());
}

env::Task<void> TraceEngine::find_mtu(Asker& asker) {
  using Kind = TraceReading::Kind;
  using record::Direction;
  PathMtu search(asker.road.target.is_v4() ? 68 : 1'280);
  while (const auto size = search.next()) {
    const base::Instant until = std::min(asker.deadline, env_.clock.now() + TraceCourse::kWait);
    auto asking = carrier_.ask_size(asker.road, *size, until);
    const auto answer = co_await std::move(asking);
    const std::string packet = "a packet of " + std::to_string(*size) + " bytes ";
    if (!answer) {
      search.on_too_big(0);
    } else if (!*answer) {
      note(asker.result, env_.clock.now(), Direction::noted, packet + "was not answered");
      search.on_silence();
    } else if ((*answer)->kind == Kind::too_big) {
      const TraceReading& reading = **answer;
      note(asker.result, env_.clock.now(), Direction::came,
           packet + "is too big, says " + to_string(reading.from) + "; " + std::to_string(reading.mtu) + " would pass");
      search.on_too_big(reading.mtu);
    } else {
      search.on_passed();
    }
    if (env_.clock.now() >= asker.deadline) co_return;
  }
  if (search.found()) add_fact(asker.result.facts, "path_mtu", std::int64_t{*search.found()});
}

// Whether the target answers where it is known to be; the rest of the path is looked at between the runs.
env::Task<bool> TraceEngine::holds(Asker& asker, PathMemory& memory) {
  TraceCheck check(asker.road.target, memory, asker.knowledge->pace, {});
  auto carrying = carrier_.carry(asker.road, check, asker.deadline);
  const auto carried = co_await std::move(carrying);
  asker.take(carried, check.target_rtt());
  co_return !check.doubts() && asker.rtt;
}

// A change is believed when the path was traced twice and is not the known one. True for a change.
env::Task<bool> TraceEngine::remember(Asker& asker, PathMemory& memory) {
  const auto traced_to_its_end = [&asker] { return asker.course->finished() && !asker.failure; };
  if (!traced_to_its_end()) co_return false;
  if (memory.known() && is_other_path(memory.path(), asker.course->path())) {
    co_await trace_whole(asker);
    if (!traced_to_its_end()) co_return false;
    if (is_other_path(memory.path(), asker.course->path())) {
      add_fact(asker.result.facts, "path_changed", true);
      asker.result.path_before = memory.path();
      memory.replace(*asker.course);
      co_return true;
    }
  }
  memory.known() ? memory.confirm(*asker.course) : memory.replace(*asker.course);
  co_return false;
}

env::Task<record::ProbeResult> TraceEngine::probe(record::ProbePlan plan) {
  using record::PathEnd;
  using record::Phase;
  Asker asker{.result = begin(env_, plan),
              .options = read_options<TraceOptions>(plan.kind, kTraceOptions, plan.options).value(),
              .timeout = plan.timeout,
              .deadline = {},
              .knowledge = carrier_.knowledge()};
  asker.deadline = asker.result.started_instant + plan.timeout;
  const auto target = co_await resolve_target(env_, plan.target, asker.options, asker.deadline, asker.result);
  if (!target) co_return failed(std::move(asker.result), target.error(), Phase::resolve);
  auto road = carrier_.open(*target, asker.options);
  if (!road) co_return failed(std::move(asker.result), road.error(), Phase::connect);
  asker.road = std::move(*road);
  asker.road.announced = announcer_.begin(plan.name, plan.kind);
  if (!asker.options.remembers(plan.interval)) {
    co_await trace_whole(asker);
  } else {
    const auto known = remembered(plan);
    const auto memory = known->to(*target);
    known->target = *target;
    const bool reached = memory->path().end == PathEnd::reached;
    if (reached && known->watching > 0 && co_await holds(asker, *memory)) co_return asker.report_of(memory->path());
    co_await trace_whole(asker);
    co_await remember(asker, *memory);
    known->told.notify();
  }
  const auto path = asker.course->path();
  if (asker.failure && path.hops.empty()) co_return failed(std::move(asker.result), *asker.failure, Phase::connect);
  if (asker.options.mtu && path.end == PathEnd::reached) co_await find_mtu(asker);
  co_return asker.report_of(path);
}

std::optional<env::Task<record::ProbeResult>> TraceEngine::change(const record::ProbePlan& plan) {
  auto options = read_options<TraceOptions>(plan.kind, kTraceOptions, plan.options).value();
  if (!options.remembers(plan.interval)) return std::nullopt;
  return watch(plan, std::move(options));
}

env::Task<record::ProbeResult> TraceEngine::watch(record::ProbePlan plan, TraceOptions options) {
  const Watching watching(remembered(plan));
  Remembered* const known = watching.known.get();
  for (;;) {
    const auto memory = known->target ? known->to(*known->target) : nullptr;
    if (!memory || !memory->known()) {
      co_await known->told.wait();
      continue;
    }
    auto looking = look(plan, options, *known->target, memory);
    auto changed = co_await std::move(looking);
    if (changed) co_return std::move(*changed);
  }
}

// A round of looks, and a result when the path has changed.
env::Task<std::optional<record::ProbeResult>> TraceEngine::look(record::ProbePlan plan, TraceOptions options,
                                                                base::IpAddress target,
                                                                std::shared_ptr<PathMemory> memory) {
  Asker asker{.result = {},
              .options = std::move(options),
              .timeout = plan.timeout,
              .deadline = {},
              .knowledge = carrier_.knowledge()};
  auto road = carrier_.open(target, asker.options);
  if (road) {
    asker.road = std::move(*road);
    asker.road.announced = announcer_.begin(plan.name, plan.kind);
    TraceCheck check(target, *memory, asker.knowledge->pace,
                     {.looks = kLooks, .max_hops = course_options(asker.options).max_hops});
    auto carrying = carrier_.carry(asker.road, check, base::Instant::max());
    const auto carried = co_await std::move(carrying);
    if (check.finished() && !check.doubts()) co_return std::nullopt;
    asker.result = begin(env_, plan);
    asker.result.address = base::to_string(target);
    asker.deadline = asker.result.started_instant + plan.timeout;
    if (!carried.failure) {
      co_await trace_whole(asker);
      if (co_await remember(asker, *memory)) co_return asker.report_of(asker.course->path());
    }
  }
  co_await env_.clock.sleep_for(kRest);
  co_return std::nullopt;
}

}  // namespace holter::probe

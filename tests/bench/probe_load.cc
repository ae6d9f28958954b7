// probe_load carries probes out as the probe river of `holter run` does, into a sink that only counts: what a probe
// costs without store, page and capture. For make bench-probe; root, since it opens its raw sockets itself.
//
//   probe_load closed AT_ONCE SECONDS < PLAN         AT_ONCE probes under way, always the next of the plan
//   probe_load once AT_ONCE SECONDS < PLAN           the same, each probe of the plan once, SECONDS at most
//   probe_load schedule INTERVAL_MS SECONDS < PLAN   the plan by a Runner, each probe once an interval
//
// A line of the plan is a probe: KIND TARGET [NAME=VALUE]... where `query` is the plan's and the rest are options of
// the kind. Prints a line of JSON: results, how many of each outcome, seconds, CPU seconds and memory of the process,
// and how late scheduled starts were. One probe of each closed run goes before the figures, for what is loaded once.
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "env/linux/descriptor_limit.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/socket_address.h"
#include "probe/policed.h"
#include "probe/runner.h"
#include "tests/bench/bursts.h"
#include "tests/bench/probe_counts.h"

namespace holter::bench {
namespace {

struct Wish {
  std::string mode;
  std::int64_t number = 0;  // AT_ONCE or INTERVAL_MS
  base::Duration time;
  record::Plan plan;
};

class Sockets final : public env_linux::RawSocketSource {
 public:
  base::Result<env_linux::UniqueFd> open_icmp(base::IpAddress::Family family) override {
    const bool v4 = family == base::IpAddress::Family::v4;
    return open(env_linux::family_number(family), v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6});
  }
  base::Result<env_linux::UniqueFd> open_tcp(base::IpAddress::Family family) override {
    return open(env_linux::family_number(family), IPPROTO_TCP);
  }
  base::Result<env_linux::UniqueFd> open_raw_v4() override { return open(AF_INET, IPPROTO_RAW); }
  base::Result<env_linux::UniqueFd> open_packet() override { return open(AF_PACKET, 0); }

 private:
  static base::Result<env_linux::UniqueFd> open(int family, int protocol) {
    env_linux::UniqueFd fd(::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    if (!fd) return base::Error{base::ErrorKind::permission, "no raw socket: probe_load wants to be root"};
    return fd;
  }
};

// The clock of the loop; it can be held for a moment, so that two plans begin at the same one.
class HeldClock final : public env::Clock {
 public:
  explicit HeldClock(env::Clock& under) : under_(under) {}

  base::Instant hold() { return *(held_ = under_.now()); }
  void let_go() { held_.reset(); }
  base::Instant now() const override { return held_.value_or(under_.now()); }
  base::WallTime wall_now() const override { return under_.wall_now(); }
  base::Duration suspended() const override { return under_.suspended(); }
  env::Task<void> sleep_until(base::Instant deadline) override { return under_.sleep_until(deadline); }
  std::unique_ptr<env::Reminder> remind(base::Instant deadline, std::function<void()> then) override {
    return under_.remind(deadline, std::move(then));
  }

 private:
  env::Clock& under_;
  std::optional<base::Instant> held_;
};

// What was used up between its making and stop().
class Stopwatch {
 public:
  void stop() {
    seconds_ = static_cast<double>(now() - began_) / 1e9;
    cpu_ = static_cast<double>(now(CLOCK_PROCESS_CPUTIME_ID) - cpu_began_) / 1e9;
  }
  void print() const {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf(", \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"most_rss_kib\": %ld", seconds_, cpu_, usage.ru_maxrss);
  }

 private:
  std::int64_t began_ = now();
  std::int64_t cpu_began_ = now(CLOCK_PROCESS_CPUTIME_ID);
  double seconds_ = 0;
  double cpu_ = 0;
};

std::optional<record::ProbePlan> probe_of(const std::string& line) {
  std::istringstream words(line);
  std::string kind;
  record::ProbePlan plan{.name = line};
  words >> kind >> plan.target;
  for (const auto known : record::kProbeKinds) {
    if (to_string(known) == kind) plan.kind = known;
  }
  plan.timeout = record::default_timeout(plan.kind);
  for (std::string word; words >> word;) {
    const auto sign = word.find('=');
    const std::string name = word.substr(0, sign);
    const std::string value = sign == word.npos ? "" : word.substr(sign + 1);
    if (name == "query") plan.query = value;
    if (name != "query") plan.options.push_back({name, value});
  }
  const auto mistake = probe::Probers::mistake_in(plan);
  if (!mistake) return plan;
  std::fprintf(stderr, "%s: %s\n", line.c_str(), mistake->text.c_str());
  return std::nullopt;
}

// The next probe of a plan, for whoever has ended one.
class Turns {
 public:
  Turns(const record::Plan& plan, bool once, base::Instant end) : plan_(plan), once_(once), end_(end) {}

  const record::ProbePlan* take(base::Instant now) {
    if (now >= end_ || (once_ && taken_ == plan_.probes.size())) return nullptr;
    return &plan_.probes[taken_++ % plan_.probes.size()];
  }

 private:
  const record::Plan& plan_;
  bool once_;
  base::Instant end_;
  std::size_t taken_ = 0;
};

// So many probes under way, always the next of the turns, each in the cheapest way that its kind has.
class Carousel {
 public:
  Carousel(env::Env env, probe::Runner& runner, Turns& turns, record::Sink& sink)
      : env_(env), runner_(runner), turns_(turns), sink_(sink), still_(env.executor), tasks_(env.executor) {}

  env::Task<void> run(std::int64_t at_once) {
    under_way_ = at_once;
    for (std::int64_t i = 0; i < at_once; ++i) start_next();
    while (under_way_ > 0) co_await still_.wait();
    co_await tasks_.join();
  }

 private:
  void start_next() {
    const auto* const plan = turns_.take(env_.clock.now());
    if (plan == nullptr) {
      if (--under_way_ == 0) still_.notify();
      return;
    }
    const auto ended = [this](record::ProbeResult result) {
      sink_.accept(std::move(result));
      start_next();
    };
    if (!runner_.probers().start(*plan, kNone, ended)) tasks_.spawn(probe(*plan));
  }

  env::Task<void> probe(const record::ProbePlan& plan) {
    auto probing = runner_.probers().probe(plan, kNone);
    sink_.accept(co_await std::move(probing));
    start_next();
  }

  inline static const probe::Expectations kNone;

  env::Env env_;
  probe::Runner& runner_;
  Turns& turns_;
  record::Sink& sink_;
  std::int64_t under_way_ = 0;
  env::Signal still_;
  env::TaskGroup tasks_;
};

env::Task<void> run_closed(env::Env env, probe::Runner& runner, const Wish& wish, ProbeCounts& counts) {
  const probe::Expectations none;
  auto first = runner.probers().probe(wish.plan.probes.front(), none);
  co_await std::move(first);
  Turns turns(wish.plan, wish.mode == "once", env.clock.now() + wish.time);
  Carousel carousel(env, runner, turns, counts);
  Stopwatch watch;
  co_await carousel.run(wish.number);
  watch.stop();
  counts.print();
  watch.print();
}

env::Task<void> run_schedule(HeldClock& clock, env::Env env, probe::Runner& runner, const Wish& wish,
                             ProbeCounts& counts) {
  const base::Instant begun = clock.hold();
  Lateness lateness(wish.plan, begun);
  counts.tell_starts(&lateness);
  runner.set_plan(wish.plan);
  clock.let_go();
  env::TaskGroup tasks(env.executor);
  Stopwatch watch;
  tasks.spawn(runner.run());
  co_await env.clock.sleep_until(begun + wish.time);
  watch.stop();
  co_await tasks.stop();
  counts.tell_starts(nullptr);  // probes that are still under way end behind it
  counts.print();
  watch.print();
  const auto late = lateness.until(env.clock.now());
  const auto of_all = [&late](double share) {
    const auto at = static_cast<std::size_t>(static_cast<double>(late.size()) * share);
    return late.empty() ? 0.0 : static_cast<double>(late[std::min(at, late.size() - 1)].in_microseconds()) / 1e3;
  };
  std::printf(", \"late_ms\": [%.3f, %.3f, %.3f]", of_all(0.5), of_all(0.99), of_all(1));
}

env::Task<void> probe(env::Env env, const Wish& wish) {
  probe::Policed network(env.network, {});
  probe::PolicedHttp http(env.http, {});
  HeldClock clock(env.clock);
  ProbeCounts counts;
  probe::Runner runner({clock, network, http, env.programs, env.frames, env.files, env.host, env.random, env.log,
                        env.offload, env.executor},
                       counts);
  std::printf("{");
  if (wish.mode == "schedule") co_await run_schedule(clock, env, runner, wish, counts);
  if (wish.mode != "schedule") co_await run_closed(env, runner, wish, counts);
  std::printf("}\n");
  co_await runner.stop();
}

std::optional<Wish> wish_of(int count, char** words) {
  if (count != 4) return std::nullopt;
  Wish wish{words[1],
            std::atoll(words[2]),
            base::Duration::milliseconds(static_cast<std::int64_t>(std::atof(words[3]) * 1e3)),
            {}};
  const bool known = wish.mode == "closed" || wish.mode == "once" || wish.mode == "schedule";
  if (!known || wish.number <= 0) return std::nullopt;
  for (std::string line; std::getline(std::cin, line);) {
    auto plan = probe_of(line);
    if (!plan) return std::nullopt;
    if (wish.mode == "schedule") plan->interval = base::Duration::milliseconds(wish.number);
    wish.plan.probes.push_back(std::move(*plan));
  }
  if (wish.plan.probes.empty()) return std::nullopt;
  return wish;
}

}  // namespace
}  // namespace holter::bench

int main(int count, char** words) {
  using namespace holter;
  const auto wish = bench::wish_of(count, words);
  if (!wish) {
    std::fprintf(stderr,
                 "probe_load closed|once AT_ONCE SECONDS | schedule INTERVAL_MS SECONDS, a plan on its input\n");
    return 2;
  }
  const auto log = env_linux::make_stderr_log(env::LogLevel::warn);
  bench::Sockets sockets;
  const auto raised = env_linux::raise_descriptor_limit();
  auto loop = env_linux::Loop::create(*log, {&sockets, {}});
  if (!raised || !loop) return 1;
  (*loop)->run(bench::probe((*loop)->env(), *wish));
  return 0;
}

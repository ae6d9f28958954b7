#include "probe/trace/prober.h"

#include <algorithm>
#include <unordered_map>

#include "probe/trace/check.h"
#include "probe/trace/mtu.h"
#include "probe/trace/report.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMaxChannels = 64;
constexpr std::uint8_t kDefaultHops = 30;
constexpr std::uint8_t kMtuTtl = 64;
constexpr std::uint32_t kMtuAsk = 0xffff'ffffU;
constexpr std::size_t kReceiveBuffer = 4U << 20;
constexpr std::uint32_t kMaxRounds = 100;
constexpr std::uint32_t kMostFlows = 200;
// Of the timeout, for finding the path anew when it is doubted.
constexpr base::Duration kTimeToTrace = base::Duration::seconds(20);

CourseOptions course_options(const TraceOptions& options) {
  CourseOptions course;
  course.max_hops = std::min<std::uint8_t>(options.ttl.value_or(kDefaultHops), record::kMaxHops);
  course.rounds = options.rounds;
  course.branches = !options.one_flow;
  return course;
}

TraceAnswer answer_of(const TraceReading& reading) {
  TraceAnswer answer;
  answer.number = reading.owner.ask;
  using Kind = TraceReading::Kind;
  answer.kind = reading.kind == Kind::passing  ? TraceAnswer::Kind::passing
                : reading.kind == Kind::target ? TraceAnswer::Kind::target
                                               : TraceAnswer::Kind::unreachable;
  answer.from = reading.from;
  answer.icmp_type = reading.icmp_type;
  answer.icmp_code = reading.icmp_code;
  answer.rtt = reading.rtt;
  answer.labels = reading.labels;
  return answer;
}

}  // namespace

Wrong read_trace_protocol(const std::string& value, TraceOptions& into) {
  if (value != "udp" && value != "icmp") return "is udp or icmp";
  into.protocol = value == "udp" ? TraceProtocol::udp : TraceProtocol::icmp;
  return std::nullopt;
}

Wrong read_trace_port(const std::string& value, TraceOptions& into) {
  std::uint32_t port = 0;
  if (const Wrong why = read_value(value, port)) return why;
  if (port < 1 || port > 0xffffU - kMostFlows) return "is a whole number from 1 to 65335";
  into.port = static_cast<std::uint16_t>(port);
  return std::nullopt;
}

Wrong read_trace_rounds(const std::string& value, TraceOptions& into) {
  if (const Wrong why = read_value(value, into.rounds)) return why;
  if (into.rounds < 1 || into.rounds > kMaxRounds) return "is a whole number from 1 to 100";
  return std::nullopt;
}

// Shared with the traces under way: when a loop is torn down, their frames may die after the engine.
struct TraceEngine::Shared {
  RouterPace pace;
  NearHops near;
  std::vector<Running*> waiting;  // for room at a router
  std::uint64_t last_running = 0;
};

struct TraceEngine::Channel {
  Channel(Family f, TraceProtocol p, Way w, std::uint64_t secret)
      : family(f), protocol(p), way(std::move(w)), table(p, f, secret) {}
  Family family;
  TraceProtocol protocol;
  Way way;
  TraceTable table;
  std::unordered_map<std::uint64_t, Running*> running;
  std::unique_ptr<env::DatagramSocket> socket;
};

struct TraceEngine::Running {
  Running(const env::Env& env, std::shared_ptr<Shared> s, std::shared_ptr<Channel> c, const base::IpAddress& to,
          std::uint16_t first_port, TraceWalk& w)
      : shared(std::move(s)),
        channel(std::move(c)),
        number(++shared->last_running),
        target(to),
        port(first_port),
        walk(w),
        woken(env.executor) {
    channel->running[number] = this;
  }
  ~Running() {
    channel->running.erase(number);
    for (const auto sent : numbers) channel->table.end(sent);
    std::erase(shared->waiting, this);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  std::shared_ptr<Shared> shared;
  std::shared_ptr<Channel> channel;
  std::uint64_t number;
  base::IpAddress target;
  std::uint16_t port;
  TraceWalk& walk;
  env::Signal woken;
  base::Instant asleep_until;
  std::vector<std::uint32_t> numbers;  // of its questions in the table
  std::optional<base::Error> failure;
  std::optional<TraceReading> size_reading;
  bool kernel_stamped = true;
};

TraceEngine::TraceEngine(env::Env env) : env_(env), shared_(std::make_shared<Shared>()), loops_(env.executor) {}
TraceEngine::~TraceEngine() = default;

env::Task<void> TraceEngine::stop() { co_await loops_.stop(); }

base::Result<std::shared_ptr<TraceEngine::Channel>> TraceEngine::channel(Family family, const TraceOptions& options) {
  Way way = options;
  way.ttl.reset();  // each question has its own
  const auto fits = [&](const auto& c) {
    return c->family == family && c->protocol == options.protocol && c->way == way;
  };
  const auto found = std::ranges::find_if(channels_, fits);
  if (found != channels_.end() && (*found)->socket) return *found;
  if (found == channels_.end() && channels_.size() == kMaxChannels) {
    return base::Error{base::ErrorKind::full, "traces go out in more than 64 ways"};
  }
  auto datagrams = datagram_options(way, base::IpAddress::any(family));
  datagrams.kind = options.protocol == TraceProtocol::udp ? env::DatagramKind::udp : env::DatagramKind::icmp_echo;
  datagrams.whole = true;
  datagrams.receive_buffer_bytes = kReceiveBuffer;
  auto socket = env_.network.open_datagram(datagrams);
  if (!socket) return socket.error();
  auto channel =
      found != channels_.end() ? *found : std::make_shared<Channel>(family, options.protocol, way, env_.random.next());
  if (found == channels_.end()) channels_.push_back(channel);
  channel->socket = std::move(*socket);
  loops_.spawn(receive_loop(*channel));
  return channel;
}

env::Task<void> TraceEngine::receive_loop(Channel& channel) {
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await channel.socket->receive(arrivals, kBatch);
    if (!received) {
      env_.log.warn("probe", "the socket of traces failed and is opened again", {{"error", received.error()}});
      channel.socket.reset();
      co_return;
    }
    const base::Duration offset = wall_offset(env_);
    for (const auto& arrival : arrivals) consider(channel, arrival, offset);
    let_others_ask(2 * arrivals.size());
  }
}

void TraceEngine::consider(Channel& channel, const env::Arrival& arrival, base::Duration wall_offset) {
  const auto reading = channel.table.read(arrival, wall_offset);
  if (!reading) return;
  const auto found = channel.running.find(reading->owner.who);
  if (found == channel.running.end()) return;
  Running& running = *found->second;
  if (reading->owner.ask == kMtuAsk) {
    running.size_reading = *reading;
    return running.woken.notify();
  }
  if (reading->kind == TraceReading::Kind::too_big) return;
  running.kernel_stamped = running.kernel_stamped && reading->kernel_stamped;
  running.walk.on_answer(answer_of(*reading), env_.clock.now());
  ask_more(running);
}

// Answers have made room at routers; those who wait for it come in their turn.
void TraceEngine::let_others_ask(std::size_t most) {
  auto& waiting = shared_->waiting;
  const std::size_t count = std::min(most, waiting.size());
  const std::vector<Running*> turn(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  for (Running* const running : turn) ask_more(*running);
}

base::Result<void> TraceEngine::send(Running& running, std::uint32_t ask, std::uint8_t ttl, std::uint16_t flow,
                                     std::uint32_t packet_bytes) {
  Channel& channel = *running.channel;
  const bool udp = channel.protocol == TraceProtocol::udp;
  const auto port = static_cast<std::uint16_t>(udp ? running.port + flow : 0);
  const base::Endpoint to{running.target, port};
  const auto packet = channel.table.begin({running.number, ask}, to, flow, packet_bytes);
  if (!packet) return base::Error{base::ErrorKind::full, "too many questions of traces are out"};
  running.numbers.push_back(packet->number);
  if (!channel.socket) return base::Error{base::ErrorKind::closed, "the socket of traces failed"};
  const base::Duration offset = wall_offset(env_);
  const base::Instant now = env_.clock.now();
  const auto sent = channel.socket->send_with_ttl(to, packet->bytes, ttl);
  if (!sent) return sent.error();
  channel.table.sent(packet->number, *sent, now, offset);
  return {};
}

void TraceEngine::ask_more(Running& running) {
  while (const auto ask = running.walk.next(env_.clock.now())) {
    const auto sent = send(running, ask->number, ask->ttl, ask->flow, 0);
    if (sent) continue;
    running.walk.on_unsent(ask->number);
    const bool for_now = sent.error().kind == base::ErrorKind::would_block;
    if (!for_now) running.failure = sent.error();
    break;
  }
  auto& waiting = shared_->waiting;
  std::erase(waiting, &running);
  if (running.walk.waits_for_room()) waiting.push_back(&running);
  const bool over = running.walk.finished() || running.failure;
  if (over || running.walk.next_deadline() < running.asleep_until) running.woken.notify();
}

env::Task<void> TraceEngine::follow(Running& running, base::Instant deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  ask_more(running);
  while (!running.walk.finished() && !running.failure && env_.clock.now() < deadline) {
    running.asleep_until = std::min(deadline, running.walk.next_deadline());
    auto woken = running.woken.wait();
    auto sleep = env_.clock.sleep_until(running.asleep_until);
    co_await (std::move(woken) || std::move(sleep));
    running.asleep_until = base::Instant();
    if (!running.walk.finished()) ask_more(running);
  }
}

// One probe: all its traces go the same way and end at the same time. Outlives them.
struct TraceEngine::Asker {
  record::ProbeResult result;
  TraceOptions options;
  base::IpAddress target;
  base::Instant deadline;
  base::Duration timeout;
  std::shared_ptr<Shared> shared;
  std::shared_ptr<Channel> channel;
  std::unique_ptr<TraceCourse> course = {};  // the last that was traced
  std::optional<base::Error> failure = {};
  std::optional<base::Duration> rtt = {};

  std::uint16_t port() const { return options.protocol == TraceProtocol::udp ? options.port : std::uint16_t{0}; }
  void new_course() {
    course = std::make_unique<TraceCourse>(target, course_options(options), shared->pace, shared->near);
  }
};

env::Task<void> TraceEngine::trace_whole(Asker& asker) {
  asker.new_course();
  Running running(env_, asker.shared, asker.channel, asker.target, asker.port(), *asker.course);
  co_await follow(running, asker.deadline);
  asker.failure = running.failure;
  asker.rtt = asker.course->target_rtt();
  asker.result.kernel_stamped = running.kernel_stamped && asker.rtt;
}

env::Task<void> TraceEngine::find_mtu(Asker& asker) {
  using boost::asio::experimental::awaitable_operators::operator||;
  using Kind = TraceReading::Kind;
  using record::Direction;
  PathMtu search(asker.target.is_v4() ? 68 : 1'280);
  Running running(env_, asker.shared, asker.channel, asker.target, asker.port(), *asker.course);
  while (const auto size = search.next()) {
    running.size_reading.reset();
    if (!send(running, kMtuAsk, kMtuTtl, 0, *size)) {
      search.on_too_big(0);
      continue;
    }
    const base::Instant until = std::min(asker.deadline, env_.clock.now() + TraceCourse::kWait);
    while (!running.size_reading && env_.clock.now() < until) {
      auto woken = running.woken.wait();
      auto sleep = env_.clock.sleep_until(until);
      co_await (std::move(woken) || std::move(sleep));
    }
    const auto& reading = running.size_reading;
    const std::string packet = "a packet of " + std::to_string(*size) + " bytes ";
    if (!reading) {
      note(asker.result, env_.clock.now(), Direction::noted, packet + "was not answered");
      search.on_silence();
    } else if (reading->kind == Kind::too_big) {
      note(asker.result, env_.clock.now(), Direction::came,
           packet + "is too big, says " + to_string(reading->from) + "; " + std::to_string(reading->mtu) +
               " would pass");
      search.on_too_big(reading->mtu);
    } else {
      search.on_passed();
    }
    if (env_.clock.now() >= asker.deadline) co_return;
  }
  if (search.found()) add_fact(asker.result.facts, "path_mtu", std::int64_t{*search.found()});
}

// When there are too many, all are known anew.
std::shared_ptr<PathMemory> TraceEngine::memory_of(const record::ProbePlan& plan, const base::IpAddress& target) {
  if (memories_.size() >= kMaxMemories) memories_.clear();
  auto& memory = memories_[{plan.name, target}];
  if (!memory) memory = std::make_shared<PathMemory>();
  return memory;
}

// True when the known path holds.
env::Task<bool> TraceEngine::look(Asker& asker, PathMemory& memory, base::Duration interval) {
  const base::Duration reserve = std::min(kTimeToTrace, asker.timeout / 2);
  const base::Duration time = std::min(interval - TraceCheck::kEvery, asker.timeout - reserve);
  const auto looks = static_cast<std::uint32_t>(std::max<std::int64_t>(time.in_milliseconds() / 1'000, 1));
  TraceCheck check(asker.target, memory, asker.shared->pace, looks);
  Running running(env_, asker.shared, asker.channel, asker.target, asker.port(), check);
  co_await follow(running, asker.deadline);
  asker.rtt = check.target_rtt();
  asker.result.kernel_stamped = running.kernel_stamped && asker.rtt;
  co_return !check.doubts() && asker.rtt;
}

// A change is believed when the path was traced twice and is not the known one.
env::Task<void> TraceEngine::remember(Asker& asker, PathMemory& memory) {
  const auto traced_to_its_end = [&asker] { return asker.course->finished() && !asker.failure; };
  if (!traced_to_its_end()) co_return;
  if (memory.known() && is_other_path(memory.path(), asker.course->path())) {
    co_await trace_whole(asker);
    if (!traced_to_its_end()) co_return;
    if (is_other_path(memory.path(), asker.course->path())) {
      add_fact(asker.result.facts, "path_changed", true);
      asker.result.path_before = memory.path();
      memory.replace(*asker.course);
      co_return;
    }
  }
  memory.known() ? memory.confirm(*asker.course) : memory.replace(*asker.course);
}

env::Task<record::ProbeResult> TraceEngine::probe(record::ProbePlan plan) {
  using record::PathEnd;
  using record::Phase;
  Asker asker{.result = begin(env_, plan),
              .options = {},
              .target = {},
              .deadline = {},
              .timeout = plan.timeout,
              .shared = shared_,
              .channel = {}};
  asker.deadline = asker.result.started_instant + plan.timeout;
  asker.options = read_options<TraceOptions>(plan.kind, kTraceOptions, plan.options).value();
  const auto target = co_await resolve_target(env_, plan.target, asker.options, asker.deadline, asker.result);
  if (!target) co_return failed(std::move(asker.result), target.error(), Phase::resolve);
  asker.target = *target;
  const auto opened = channel(target->family(), asker.options);
  if (!opened) co_return failed(std::move(asker.result), opened.error(), Phase::connect);
  asker.channel = *opened;
  if (!asker.options.memory.value_or(plan.interval >= kMemoryInterval)) {
    co_await trace_whole(asker);
  } else {
    const auto memory = memory_of(plan, *target);
    if (memory->path().end == PathEnd::reached && co_await look(asker, *memory, plan.interval)) {
      co_return report(std::move(asker.result), memory->path(), asker.rtt, plan.timeout);
    }
    co_await trace_whole(asker);
    co_await remember(asker, *memory);
  }
  const auto path = asker.course->path();
  if (asker.failure && path.hops.empty()) co_return failed(std::move(asker.result), *asker.failure, Phase::connect);
  if (asker.options.mtu && path.end == PathEnd::reached) co_await find_mtu(asker);
  co_return report(std::move(asker.result), path, asker.rtt, plan.timeout);
}

}  // namespace holter::probe

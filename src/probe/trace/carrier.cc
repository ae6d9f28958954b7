#include "probe/trace/carrier.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "record/icmp_pair.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

constexpr std::size_t kBatch = 64;
constexpr std::uint8_t kSizeTtl = 64;
constexpr std::uint32_t kSizeAsk = 0xffff'ffffU;
constexpr std::size_t kReceiveBuffer = 4U << 20;
// Where too many questions are out, there is room again when some were answered or given up.
// A walk may go on for so long, or its next packets go by no name.
constexpr base::Duration kAnnouncedFor = base::Duration::minutes(1);
constexpr base::Duration kRoomAfter = base::Duration::seconds(1);

// Own ports of TCP, above what kernels give to connections (RFC 6335 keeps 49152 and up for all, Linux takes up to
// 60999): a row of flows for each socket, so that two holters on a host seldom ask from the same.
constexpr std::uint16_t kFirstOwnPort = 61'000;
constexpr std::uint16_t kOwnRows = (0xffff - kFirstOwnPort) / kTraceFlows;

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

// Asks nothing of its own accord.
class NoWalk final : public TraceWalk {
 public:
  std::optional<TraceAsk> next(base::Instant) override { return std::nullopt; }
  void on_answer(const TraceAnswer&, base::Instant) override {}
  void on_unsent(std::uint32_t) override {}
  bool finished() const override { return false; }
  base::Instant next_deadline() const override { return base::Instant::max(); }
  bool waits_for_room() const override { return false; }
};

env::DatagramKind kind_of(TraceProtocol protocol) {
  switch (protocol) {
    case TraceProtocol::udp: return env::DatagramKind::udp;
    case TraceProtocol::icmp: return env::DatagramKind::icmp_echo;
    case TraceProtocol::tcp: break;
  }
  return env::DatagramKind::tcp_raw;
}

// What a person can do about a socket that only the broker opens.
base::Error for_person(base::Error error, TraceProtocol protocol) {
  if (protocol == TraceProtocol::tcp && error.kind == base::ErrorKind::permission) {
    error.message += ", and the start of holter says why there is none; a trace over udp or icmp takes no such socket";
  }
  return error;
}

}  // namespace

struct TraceCarrier::Channel {
  Channel(TraceProtocol p, Way w, const base::Endpoint& own, std::uint64_t secret)
      : protocol(p), way(std::move(w)), from(own), table(p, own, secret) {}

  TraceProtocol protocol;
  Way way;
  base::Endpoint from;
  TraceTable table;
  std::unordered_map<std::uint64_t, Running*> running;
  std::unique_ptr<env::DatagramSocket> socket;
};

struct TraceCarrier::Waiting {
  std::vector<Running*> in_line;
  std::uint64_t last_running = 0;
};

struct TraceCarrier::Running {
  Running(const env::Env& env, std::shared_ptr<Waiting> w, Road r, TraceWalk& of)
      : waiting(std::move(w)), road(std::move(r)), number(++waiting->last_running), walk(of), woken(env.executor) {
    road.channel->running[number] = this;
  }
  ~Running() {
    road.channel->running.erase(number);
    for (const auto sent : numbers) road.channel->table.end(sent);
    if (in_line) std::erase(waiting->in_line, this);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  std::shared_ptr<Waiting> waiting;
  Road road;
  std::uint64_t number;
  TraceWalk& walk;
  env::Signal woken;
  base::Instant asleep_until;
  bool in_line = false;  // it would ask more if there were room: at a router, or (crowded_out) in the table
  bool crowded_out = false;
  std::unordered_set<std::uint32_t> numbers;    // of its questions in the table
  std::unordered_set<std::uint16_t> announced;  // flows
  std::optional<TraceReading> size_reading;
  Carried carried;
};

TraceCarrier::TraceCarrier(env::Env env)
    : env_(env),
      knowledge_(std::make_shared<TraceKnowledge>()),
      waiting_(std::make_shared<Waiting>()),
      loops_(env.executor) {}
TraceCarrier::~TraceCarrier() = default;

env::Task<void> TraceCarrier::stop() { co_await loops_.stop(); }

base::Result<TraceCarrier::Road> TraceCarrier::open(const base::IpAddress& target, const TraceOptions& options) {
  Way way = options;
  way.ttl.reset();  // each question has its own
  // The checksum of a segment covers the address that it leaves from, so that cannot be left to the kernel.
  if (options.protocol == TraceProtocol::tcp && !way.source) {
    const auto source = env_.network.source_for(target);
    if (!source) return source.error();
    way.source = *source;
  }
  auto opened = channel(std::move(way), target.family(), options.protocol);
  if (!opened) return for_person(opened.error(), options.protocol);
  return Road{std::move(*opened), target, options.first_port()};
}

base::Result<std::shared_ptr<TraceCarrier::Channel>> TraceCarrier::channel(Way way, Family family,
                                                                           TraceProtocol protocol) {
  const auto fits = [&](const auto& c) {
    return c->from.address.family() == family && c->protocol == protocol && c->way == way;
  };
  const auto found = std::ranges::find_if(channels_, fits);
  if (found != channels_.end()) {
    if ((*found)->socket) return *found;
    if (auto opened = open_socket(*found); !opened) return opened.error();
    return *found;
  }
  if (channels_.size() == kMaxChannels) {
    std::erase_if(channels_, [](const auto& c) {
      const bool idle = c->running.empty();
      if (idle) c->socket.reset();
      return idle;
    });
  }
  if (channels_.size() == kMaxChannels) {
    return base::Error{base::ErrorKind::full, "traces go out in more than 64 ways"};
  }
  base::Endpoint from{way.source.value_or(base::IpAddress::any(family)), 0};
  if (protocol == TraceProtocol::tcp) {
    from.port = static_cast<std::uint16_t>(kFirstOwnPort + env_.random.below(kOwnRows) * kTraceFlows);
  }
  auto channel = std::make_shared<Channel>(protocol, std::move(way), from, env_.random.next());
  if (auto opened = open_socket(channel); !opened) return opened.error();
  channels_.push_back(channel);
  return channel;
}

base::Result<void> TraceCarrier::open_socket(const std::shared_ptr<Channel>& channel) {
  auto datagrams = datagram_options(channel->way, channel->from.address);
  datagrams.kind = kind_of(channel->protocol);
  datagrams.local.port = channel->from.port;
  datagrams.ports = kTraceFlows;
  datagrams.whole = true;
  datagrams.receive_buffer_bytes = kReceiveBuffer;
  auto socket = env_.network.open_datagram(datagrams);
  if (!socket) return socket.error();
  channel->socket = std::move(*socket);
  loops_.spawn(receive_loop(channel));
  return {};
}

env::Task<void> TraceCarrier::receive_loop(std::shared_ptr<Channel> channel) {
  std::vector<env::Arrival> arrivals;
  while (channel->socket) {
    arrivals.clear();
    const auto received = co_await channel->socket->receive(arrivals, kBatch);
    if (!received && channel->socket) {
      env_.log.warn("probe", "the socket of traces failed and is opened again", {{"error", received.error()}});
      channel->socket.reset();
    }
    const base::Duration offset = wall_offset(env_);
    for (const auto& arrival : arrivals) consider(*channel, arrival, offset);
    let_others_ask(2 * arrivals.size());
  }
}

void TraceCarrier::consider(Channel& channel, const env::Arrival& arrival, base::Duration wall_offset) {
  const auto reading = channel.table.read(arrival, wall_offset);
  if (!reading) return;
  const auto found = channel.running.find(reading->owner.who);
  if (found == channel.running.end()) return;
  Running& running = *found->second;
  if (reading->owner.ask == kSizeAsk) {
    running.size_reading = *reading;
    return running.woken.notify();
  }
  if (reading->kind == TraceReading::Kind::too_big) return;
  // Whoever answers again says nothing new, and there is no room for what was answered long ago.
  channel.table.end(reading->number);
  running.numbers.erase(reading->number);
  running.carried.kernel_stamped = running.carried.kernel_stamped && reading->kernel_stamped;
  running.carried.port = std::max(running.carried.port, reading->port);
  running.walk.on_answer(answer_of(*reading), env_.clock.now());
  ask_more(running);
}

// Answers have made room at routers; those who wait for it come in their turn.
void TraceCarrier::let_others_ask(std::size_t most) {
  auto& in_line = waiting_->in_line;
  const auto behind = in_line.begin() + static_cast<std::ptrdiff_t>(std::min(most, in_line.size()));
  const std::vector<Running*> turn(in_line.begin(), behind);
  in_line.erase(in_line.begin(), behind);
  for (Running* const running : turn) running->in_line = false;
  for (Running* const running : turn) ask_more(*running);
}

// Questions of a flow have all the same ports; of ICMP each has its own sequence.
void TraceCarrier::announce(Running& running, const base::Endpoint& to, std::uint32_t number, std::uint16_t flow) {
  const Channel& channel = *running.road.channel;
  const base::Instant until = env_.clock.now() + kAnnouncedFor;
  if (channel.protocol == TraceProtocol::icmp) {
    const auto protocol = to.address.is_v4() ? record::kIcmpProtocol : record::kIcmpv6Protocol;
    const auto id = channel.socket->local().port;
    return running.road.announced.echo({protocol, id, static_cast<std::uint16_t>(number)}, to.address, until, 0, false);
  }
  if (!running.announced.insert(flow).second) return;
  const bool tcp = channel.protocol == TraceProtocol::tcp;
  const auto port = static_cast<std::uint16_t>(tcp ? channel.from.port + flow : channel.socket->local().port);
  running.road.announced.flow(tcp ? record::kTcpProtocol : record::kUdpProtocol, port, to, until);
}

base::Result<void> TraceCarrier::send(Running& running, const TraceAsk& ask, std::uint32_t packet_bytes) {
  Channel& channel = *running.road.channel;
  const bool port_for_each_flow = channel.protocol == TraceProtocol::udp;
  const auto port = static_cast<std::uint16_t>(running.road.port + (port_for_each_flow ? ask.flow : 0));
  const base::Endpoint to{running.road.target, port};
  const auto packet = channel.table.begin({running.number, ask.number}, to, ask.flow, packet_bytes);
  if (!packet) return base::Error{base::ErrorKind::full, "too many questions of traces are out"};
  running.numbers.insert(packet->number);
  if (!channel.socket) return base::Error{base::ErrorKind::closed, "the socket of traces failed"};
  announce(running, to, packet->number, ask.flow);
  const base::Duration offset = wall_offset(env_);
  const base::Instant now = env_.clock.now();
  const auto sent = channel.socket->send_with_ttl(to, packet->bytes, ask.ttl);
  if (!sent) return sent.error();
  channel.table.sent(packet->number, *sent, now, offset);
  return {};
}

void TraceCarrier::ask_more(Running& running) {
  const TraceTable& table = running.road.channel->table;
  while (!table.is_full()) {
    const auto ask = running.walk.next(env_.clock.now());
    if (!ask) break;
    const auto sent = send(running, *ask, 0);
    if (sent) continue;
    running.walk.on_unsent(ask->number);
    const bool for_now = sent.error().kind == base::ErrorKind::would_block;
    if (!for_now) running.carried.failure = sent.error();
    break;
  }
  running.crowded_out = table.is_full();
  stand_in_line(running, running.crowded_out || running.walk.waits_for_room());
  const bool over = running.walk.finished() || running.carried.failure;
  if (over || next_look(running) < running.asleep_until) running.woken.notify();
}

void TraceCarrier::stand_in_line(Running& running, bool wanted) {
  if (running.in_line == wanted) return;
  running.in_line = wanted;
  if (wanted) waiting_->in_line.push_back(&running);
  if (!wanted) std::erase(waiting_->in_line, &running);
}

base::Instant TraceCarrier::next_look(const Running& running) const {
  return running.crowded_out ? env_.clock.now() + kRoomAfter : running.walk.next_deadline();
}

env::Task<TraceCarrier::Carried> TraceCarrier::carry(Road road, TraceWalk& walk, base::Instant deadline) {
  Running running(env_, waiting_, std::move(road), walk);
  ask_more(running);
  while (!walk.finished() && !running.carried.failure && env_.clock.now() < deadline) {
    running.asleep_until = std::min(deadline, next_look(running));
    co_await running.woken.wait_until(env_.clock, running.asleep_until);
    running.asleep_until = base::Instant();
    if (!walk.finished()) ask_more(running);
  }
  co_return running.carried;
}

env::Task<base::Result<std::optional<TraceReading>>> TraceCarrier::ask_size(Road road, std::uint32_t packet_bytes,
                                                                            base::Instant deadline) {
  NoWalk none;
  Running running(env_, waiting_, std::move(road), none);
  const auto sent = send(running, {.number = kSizeAsk, .ttl = kSizeTtl, .flow = 0}, packet_bytes);
  if (!sent) co_return sent.error();
  while (!running.size_reading && env_.clock.now() < deadline) {
    co_await running.woken.wait_until(env_.clock, deadline);
  }
  co_return std::move(running.size_reading);
}

}  // namespace holter::probe

#include "probe/icmp/prober.h"

#include <algorithm>
#include <unordered_map>

#include "env/icmp_words.h"
#include "probe/icmp/burst.h"
#include "probe/icmp/message.h"
#include "probe/option.h"

namespace holter::probe {
namespace {

constexpr std::string_view kRemedy =
    "; give holter-broker the capability (sudo setcap cap_net_raw=ep), or let this user's group ping "
    "(sysctl net.ipv4.ping_group_range)";

using Family = base::IpAddress::Family;
using env::Arrival;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMaxChannels = 64;

std::string error_text(std::string_view meaning, std::uint32_t mtu, const std::optional<base::IpAddress>& offender) {
  return std::string(meaning) + (mtu > 0 ? ", MTU " + std::to_string(mtu) + ',' : "") +
         (offender ? " from " + base::to_string(*offender) : "");
}

std::string request_text(EchoIds ids, const base::IpAddress& target) {
  return "echo request to " + base::to_string(target) + ", id " + std::to_string(ids.id) + ", sequence " +
         std::to_string(ids.sequence);
}

}  // namespace

// One socket. Each numbers its echoes apart, so that a send number of one never names a request of another. Shared with
// the probes under way: when a loop is torn down, their frames may die after the engine.
struct EchoEngine::Channel {
  Channel(Family f, const EchoOptions& o, std::uint64_t secret) : family(f), way(o), whole(o.whole), table(secret) {}
  bool serves(Family f, const EchoOptions& o) const { return family == f && way == o && whole == o.whole; }

  struct Place {
    Waiting* waiting = nullptr;
    std::uint32_t in_burst = 0;
  };

  Family family;
  Way way;
  bool whole;
  EchoTable table;
  std::unordered_map<EchoTable::Serial, Place> waiting;
  std::unique_ptr<env::DatagramSocket> socket;
  bool raw = false;
};

// One probe under way. However its coroutine ends, the channel forgets it.
struct EchoEngine::Waiting {
  Waiting(const env::Env& env, std::shared_ptr<Channel> used, std::uint32_t requests)
      : ended(env.executor), channel(std::move(used)), burst(requests), wall_before(wall_offset(env)) {}
  ~Waiting() {
    for (const auto& request : requests) {
      channel->waiting.erase(request.serial);
      channel->table.end(request.serial);
    }
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  env::Signal ended;
  std::shared_ptr<Channel> channel;
  struct Request {
    EchoTable::Serial serial = 0;
    EchoIds ids;
    base::Instant at;
  };
  struct Failure {
    base::Instant at;
    std::string text;
  };

  std::vector<Request> requests;
  std::vector<Failure> failures;
  EchoBurst burst;
  base::Duration wall_before;
};

EchoEngine::EchoEngine(env::Env env)
    : env_(env), id_(static_cast<std::uint16_t>(env.random.below(0x1'0000))), loops_(env.executor) {}

EchoEngine::~EchoEngine() = default;

base::Result<void> EchoEngine::open(Channel& channel) {
  auto options = datagram_options(channel.way, base::IpAddress::any(channel.family));
  options.errors = false;
  options.whole = channel.whole;
  options.kind = env::DatagramKind::icmp_raw;
  auto raw = env_.network.open_datagram(options);
  if (raw) {
    channel.socket = std::move(*raw);
    channel.raw = true;
  } else {
    options.kind = env::DatagramKind::icmp_echo;
    options.errors = true;
    auto unprivileged = env_.network.open_datagram(options);
    if (!unprivileged) {
      const std::string why = unprivileged.error().message + "; " + raw.error().message;
      return base::Error{base::ErrorKind::permission, "no way to send ICMP: " + why + std::string(kRemedy)};
    }
    channel.socket = std::move(*unprivileged);
    channel.raw = false;
  }
  loops_.spawn(receive_loop(channel));
  return {};
}

base::Result<std::shared_ptr<EchoEngine::Channel>> EchoEngine::channel(Family family, const EchoOptions& options) {
  const auto found = std::ranges::find_if(channels_, [&](const auto& c) { return c->serves(family, options); });
  if (found == channels_.end() && channels_.size() == kMaxChannels) {
    return base::Error{base::ErrorKind::full, "probes go out in more than 64 ways"};
  }
  auto channel = found != channels_.end() ? *found : std::make_shared<Channel>(family, options, env_.random.next());
  if (found == channels_.end()) channels_.push_back(channel);
  if (!channel->socket) {
    if (auto opened = open(*channel); !opened) return opened.error();
  }
  return channel;
}

env::Task<void> EchoEngine::stop() { co_await loops_.stop(); }

std::string EchoEngine::describe() {
  const auto opened = channel(Family::v4, {});
  if (!opened) return "none: " + opened.error().message;
  return (*opened)->raw ? "raw" : "unprivileged";
}

env::Task<void> EchoEngine::receive_loop(Channel& channel) {
  std::vector<Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await channel.socket->receive(arrivals, kBatch);
    if (!received) {
      env_.log.warn("probe", "the echo socket failed and is opened again", {{"error", received.error()}});
      channel.socket.reset();
      co_return;
    }
    for (const auto& arrival : arrivals) consider(channel, arrival);
  }
}

void EchoEngine::consider(Channel& channel, const Arrival& arrival) {
  switch (arrival.kind) {
    case Arrival::Kind::transmitted:
      if (arrival.stamp) channel.table.on_transmitted(arrival.send_number, *arrival.stamp);
      return;
    case Arrival::Kind::error: return on_queued_error(channel, arrival);
    case Arrival::Kind::data: return on_message(channel, arrival);
  }
}

// The error queue quotes the ICMP message that we sent, from its own header on.
void EchoEngine::on_queued_error(Channel& channel, const Arrival& arrival) {
  base::ByteReader quoted(arrival.data);
  quoted.skip(4);
  quoted.skip(2);  // the kernel owns a ping socket's identifier
  const EchoIds ids{id_, quoted.u16()};
  if (quoted.failed()) return;
  const auto serial = channel.table.on_error(arrival.peer.address, ids, quoted.rest());
  const auto meaning = env::icmp_error_words(channel.family, arrival.icmp_type, arrival.icmp_code);
  if (serial) fail(channel, *serial, {arrival.error, error_text(meaning, arrival.mtu, arrival.offender)}, arrival.mtu);
}

void EchoEngine::on_message(Channel& channel, const Arrival& arrival) {
  const auto message = parse_echo(channel.family, arrival.data);
  if (!message) return;
  if (const auto* error = std::get_if<EchoError>(&*message)) {
    const auto serial = channel.table.on_error(error->target, error->quoted, error->payload);
    const std::string text = error_text(error->meaning, error->mtu, arrival.peer.address);
    if (serial) fail(channel, *serial, {error->kind, text}, error->mtu);
    return;
  }
  const auto& reply = std::get<EchoReply>(*message);
  const auto heard = channel.table.on_reply(arrival.peer.address, reply.payload, arrival.received_at, arrival.stamp);
  const auto found = heard ? channel.waiting.find(heard->serial) : channel.waiting.end();
  if (found == channel.waiting.end()) return;
  Waiting& waiting = *found->second.waiting;
  if (heard->again) return waiting.burst.answered_again();
  auto trip = channel.table.round_trip(heard->serial).value();
  trip.wall_stepped = wall_offset(env_) - waiting.wall_before;
  waiting.burst.answered(found->second.in_burst, trip, arrival.ttl);
  if (waiting.burst.complete()) waiting.ended.notify();
}

void EchoEngine::fail(Channel& channel, EchoTable::Serial serial, base::Error error, std::uint32_t mtu) {
  const auto found = channel.waiting.find(serial);
  if (found == channel.waiting.end()) return;
  Waiting& waiting = *found->second.waiting;
  channel.waiting.erase(found);
  waiting.failures.push_back({env_.clock.now(), error.message});
  waiting.burst.failed(std::move(error), mtu);
  if (waiting.burst.complete()) waiting.ended.notify();
}

env::Task<void> EchoEngine::await_end(Waiting& waiting, base::Instant deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  while (!waiting.burst.complete() && env_.clock.now() < deadline) {
    auto ended = waiting.ended.wait();
    auto sleep = env_.clock.sleep_until(deadline);
    co_await (std::move(ended) || std::move(sleep));
  }
}

// Empty when the first one could not be sent; a later one that could not is one of those that failed.
env::Task<base::Result<void>> EchoEngine::send_all(Waiting& waiting, base::IpAddress target, EchoOptions options) {
  Channel& channel = *waiting.channel;
  const base::Instant start = env_.clock.now();
  for (std::uint32_t i = 0; i < options.burst; ++i) {
    if (i > 0) co_await env_.clock.sleep_until(start + options.gap * i);
    const auto request = channel.table.begin(target, id_, options.size);
    if (!request) co_return base::Error{base::ErrorKind::full, "too many echoes are out"};
    const auto bytes = echo_request(target.family(), request->ids, request->payload);
    const base::Instant sent_at = env_.clock.now();
    waiting.requests.push_back({request->serial, request->ids, sent_at});
    channel.waiting[request->serial] = {&waiting, i};
    if (!channel.socket) co_return base::Error{base::ErrorKind::io, "the echo socket failed"};
    const auto sent = channel.socket->send({target, 0}, bytes);
    if (!sent && i == 0) co_return sent.error();
    if (!sent) fail(channel, request->serial, sent.error(), 0);
    if (sent) channel.table.sent(request->serial, *sent, sent_at);
  }
  co_return base::Result<void>();
}

void EchoEngine::tell_steps(const Waiting& waiting, const base::IpAddress& target, record::ProbeResult& result) {
  auto failure = waiting.failures.begin();
  const auto tell_until = [&](base::Instant at) {
    for (; failure != waiting.failures.end() && failure->at < at; ++failure) {
      note(result, failure->at, record::Direction::came, failure->text);
    }
  };
  for (const auto& request : waiting.requests) {
    tell_until(request.at);
    note(result, request.at, record::Direction::sent, request_text(request.ids, target));
  }
  tell_until(base::Instant::max());
}

env::Task<record::ProbeResult> EchoEngine::exchange(record::ProbeResult result, EchoOptions options,
                                                    base::Duration timeout, base::IpAddress target) {
  using record::Phase;
  const auto opened = channel(target.family(), options);
  if (!opened) co_return failed(std::move(result), opened.error(), Phase::connect);
  Waiting waiting(env_, *opened, options.burst);
  const base::Instant deadline = result.started_instant + timeout;
  auto sending = send_all(waiting, target, options);
  const auto sent = co_await std::move(sending);
  if (!sent && sent.error().kind == base::ErrorKind::full) {
    co_return failed(std::move(result), record::Outcome::skipped, Phase::connect, sent.error().message);
  }
  if (!sent) co_return failed(std::move(result), sent.error(), Phase::connect);
  co_await await_end(waiting, deadline);
  if (options.burst > 1) {  // a duplicate of the last reply takes as long as a reply at most
    co_await env_.clock.sleep_until(std::min(deadline, env_.clock.now() + waiting.burst.longest()));
  }
  result = waiting.burst.judged(std::move(result), timeout);
  // Told of failures alone: an answer says all of it by itself, and there are very many.
  if (result.outcome != record::Outcome::ok) tell_steps(waiting, target, result);
  co_return result;
}

env::Task<record::ProbeResult> EchoEngine::probe(record::ProbePlan plan) {
  auto result = begin(env_, plan);
  const auto options = read_options<EchoOptions>(plan.kind, kEchoOptions, plan.options).value();
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto target = co_await resolve_target(env_, plan.target, options, deadline, result);
  if (!target) co_return failed(std::move(result), target.error(), record::Phase::resolve);
  co_return co_await exchange(std::move(result), options, plan.timeout, *target);
}

}  // namespace holter::probe

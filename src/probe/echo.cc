#include "probe/echo.h"

#include <algorithm>
#include <unordered_map>

#include "env/icmp_words.h"
#include "probe/echo_message.h"
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

std::string error_text(std::string_view meaning, const std::optional<base::IpAddress>& offender) {
  return std::string(meaning) + (offender ? " from " + base::to_string(*offender) : std::string());
}

std::string request_text(EchoIds ids, const base::IpAddress& target) {
  return "echo request to " + base::to_string(target) + ", id " + std::to_string(ids.id) + ", sequence " +
         std::to_string(ids.sequence);
}

}  // namespace

struct EchoEngine::Waiting {
  explicit Waiting(const env::Env& env) : ended(env.executor) {}
  env::Signal ended;
  bool answered = false;
  std::optional<base::Error> error;
};

// Each numbers its echoes apart, so that a send number of one socket never names a request of another.
// Shared with the probes under way: when a loop is torn down, their frames may die after the engine.
struct EchoEngine::Channel {
  Channel(Family f, Way w, std::uint64_t secret) : family(f), way(std::move(w)), table(secret) {}
  Family family;
  Way way;
  EchoTable table;
  std::unordered_map<EchoTable::Serial, Waiting*> waiting;
  std::unique_ptr<env::DatagramSocket> socket;
  bool raw = false;
};

EchoEngine::EchoEngine(env::Env env)
    : env_(env),
      id_(static_cast<std::uint16_t>(env.random.below(0x1'0000))),
      loops_(env.executor) {}

EchoEngine::~EchoEngine() = default;

base::Result<void> EchoEngine::open(Channel& channel) {
  auto options = datagram_options(channel.way, base::IpAddress::any(channel.family));
  options.errors = false;
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

base::Result<std::shared_ptr<EchoEngine::Channel>> EchoEngine::channel(Family family, const Way& way) {
  const auto fits = [&](const auto& c) { return c->family == family && c->way == way; };
  const auto found = std::ranges::find_if(channels_, fits);
  if (found == channels_.end() && channels_.size() == kMaxChannels) {
    return base::Error{base::ErrorKind::full, "probes go out in more than 64 ways"};
  }
  auto channel = found != channels_.end() ? *found : std::make_shared<Channel>(family, way, env_.random.next());
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
  if (arrival.kind == Arrival::Kind::transmitted) {
    if (arrival.stamp) channel.table.on_transmitted(arrival.send_number, *arrival.stamp);
    return;
  }
  if (arrival.kind == Arrival::Kind::error) {
    // The error queue quotes the ICMP message that we sent, from its own header on.
    base::ByteReader quoted(arrival.data);
    quoted.skip(4);
    quoted.skip(2);  // the kernel owns a ping socket's identifier
    const EchoIds ids{id_, quoted.u16()};
    const auto serial = quoted.failed() ? std::nullopt : channel.table.on_error(ids);
    const auto meaning = env::icmp_error_words(channel.family, arrival.icmp_type, arrival.icmp_code);
    if (serial) fail(channel, *serial, {arrival.error, error_text(meaning, arrival.offender)});
    return;
  }
  const auto message = parse_echo(channel.family, arrival.data);
  if (!message) return;
  if (const auto* error = std::get_if<EchoError>(&*message)) {
    const auto serial = channel.table.on_error(error->quoted);
    if (serial) fail(channel, *serial, {error->kind, error_text(error->meaning, arrival.peer.address)});
    return;
  }
  const auto& reply = std::get<EchoReply>(*message);
  const auto serial = channel.table.on_reply(arrival.peer.address, reply.payload, arrival.received_at, arrival.stamp);
  if (!serial) return;
  const auto found = channel.waiting.find(*serial);
  if (found == channel.waiting.end()) return;
  found->second->answered = true;
  found->second->ended.notify();
}

void EchoEngine::fail(Channel& channel, EchoTable::Serial serial, base::Error error) {
  const auto found = channel.waiting.find(serial);
  if (found == channel.waiting.end()) return;
  found->second->error = std::move(error);
  found->second->ended.notify();
}

env::Task<void> EchoEngine::await_end(Waiting& waiting, base::Instant deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  while (!waiting.answered && !waiting.error && env_.clock.now() < deadline) {
    auto ended = waiting.ended.wait();
    auto sleep = env_.clock.sleep_until(deadline);
    co_await (std::move(ended) || std::move(sleep));
  }
}

env::Task<record::ProbeResult> EchoEngine::exchange(record::ProbeResult result, record::ProbePlan plan, Way way,
                                                    base::IpAddress target) {
  using record::Phase;
  const auto opened = channel(target.family(), way);
  if (!opened) co_return failed(std::move(result), opened.error(), Phase::connect);
  const auto used = *opened;
  const auto request = used->table.begin(target, id_);
  if (!request) {
    co_return failed(std::move(result), record::Outcome::skipped, Phase::connect, "too many echoes are out");
  }
  Waiting waiting(env_);
  // However this coroutine ends, the channel forgets it.
  struct Forget {
    std::shared_ptr<Channel> channel;
    EchoTable::Serial serial;
    ~Forget() {
      channel->waiting.erase(serial);
      channel->table.end(serial);
    }
  } const forget{used, request->serial};
  used->waiting[request->serial] = &waiting;

  const auto bytes = echo_request(target.family(), request->ids, request->payload);
  const base::Duration wall_before = wall_offset(env_);
  const base::Instant sent_at = env_.clock.now();
  const auto sent = used->socket->send({target, 0}, bytes);
  if (!sent) co_return failed(std::move(result), sent.error(), Phase::connect);
  used->table.sent(request->serial, *sent, sent_at);
  co_await await_end(waiting, result.started_instant + plan.timeout);

  if (auto trip = used->table.round_trip(request->serial)) {
    trip->wall_stepped = wall_offset(env_) - wall_before;
    co_return succeeded(std::move(result), *trip);
  }
  // Told of failures alone: an answer says all of it by itself, and there are very many.
  note(result, sent_at, record::Direction::sent, request_text(request->ids, target));
  if (waiting.error) note(result, env_.clock.now(), record::Direction::came, waiting.error->message);
  if (waiting.error) co_return failed(std::move(result), *waiting.error, Phase::first_byte);
  co_return failed(std::move(result), record::Outcome::timeout, Phase::first_byte,
                   "no reply within " + base::to_string(plan.timeout));
}

env::Task<record::ProbeResult> EchoEngine::probe(record::ProbePlan plan) {
  auto result = begin(env_, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto way = read_options<Way>(plan.kind, {}, plan.options).value();
  const auto target = co_await resolve_target(env_, plan.target, way, deadline, result);
  if (!target) co_return failed(std::move(result), target.error(), record::Phase::resolve);
  co_return co_await exchange(std::move(result), std::move(plan), way, *target);
}

}  // namespace holter::probe

#include "heartbeat/listener.h"

#include <algorithm>

#include "heartbeat/peer_text.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kComponent = "heartbeat";
// What a message takes beside its text, and a session that comes up: that it does, its asks, and that it goes down.
constexpr std::size_t kStoredOfSign = 512;

SessionTableOptions with_hash_key(SessionTableOptions options, env::Random& random) {
  options.hash_key = {random.next(), random.next()};
  return options;
}

Secret drawn(env::Random& random) {
  Secret secret;
  random.fill(secret);
  return secret;
}

Pulse pulse_of(const Reply& reply, base::WallTime now) {
  Pulse pulse;
  pulse.type = reply.kind == Reply::Kind::ask ? PulseType::ask : PulseType::ack;
  pulse.number = reply.number;
  pulse.incarnation = reply.incarnation;
  pulse.sequence = reply.sequence;
  pulse.sent = now;
  pulse.name = reply.name;
  return pulse;
}

}  // namespace

HeartbeatListener::HeartbeatListener(env::Env env, const ListenerOptions& options, record::Sink& sink)
    : env_(env),
      sink_(sink),
      table_(with_hash_key(options.table, env.random), env.clock.now()),
      gate_(options.gate, drawn(env.random)),
      stop_(env.executor),
      changed_(env.executor),
      lookout_(env, table_, [this] { changed_.notify(); }),
      ask_durable_(options.ask_durable) {
  gate_.set_keys(KeyRing(options.keys));
}

base::Result<std::unique_ptr<HeartbeatListener>> HeartbeatListener::open(env::Env env, ListenerOptions options,
                                                                         record::Sink& sink) {
  if (options.endpoints.size() > kMaxSockets) {
    return base::Error{base::ErrorKind::invalid, "pulses need at most 16 endpoints to listen on"};
  }
  std::unique_ptr<HeartbeatListener> listener(new HeartbeatListener(env, options, sink));
  base::Error last;
  for (const base::Endpoint& endpoint : options.endpoints) {
    env::DatagramOptions datagram;
    datagram.local = endpoint;
    datagram.reuse_port = options.reuse_port;
    datagram.receive_buffer_bytes = options.receive_buffer_bytes;
    datagram.interfaces = true;
    auto socket = env.network.open_datagram(datagram);
    if (!socket) {
      // Whoever pulses to an address that another program has would be heard by that one: no beginning without it.
      if (socket.error().kind == base::ErrorKind::busy) return socket.error();
      last = socket.error();
      if (options.endpoints.size() > 1) {
        env.log.warn(kComponent, "no pulses are heard on an address", {{"on", endpoint}, {"why", last.message}});
      }
      continue;
    }
    listener->sockets_.push_back({std::shared_ptr<env::DatagramSocket>(std::move(*socket)), false});
  }
  if (listener->sockets_.empty() && !options.endpoints.empty()) return last;
  return listener;
}

void HeartbeatListener::restore(const std::vector<record::PulseChange>& changes) {
  const auto socket_of = [this](bool v4) {
    const auto found = std::find_if(sockets_.begin(), sockets_.end(),
                                    [v4](const Socket& s) { return s.socket->local().address.is_v4() == v4; });
    return static_cast<std::uint32_t>(found == sockets_.end() ? 0 : found - sockets_.begin());
  };
  Outcome outcome;
  table_.restore(changes, socket_of(true), socket_of(false), now(), outcome);
  table_.close_unawaited(now(), outcome);
  table_.locate([this](const base::IpAddress& peer) {
    const LinkIndex link = lookout_.link_to(peer);
    lookout_.on_heard(link);
    return link;
  });
  carry_out(outcome);
}

env::Task<void> HeartbeatListener::run() {
  env::TaskGroup group(env_.executor);
  for (std::size_t number = 0; number < sockets_.size(); ++number) {
    env_.log.info(kComponent, "listening for pulses", {{"on", sockets_[number].socket->local()}});
    group.spawn(receive(number));
  }
  group.spawn(judge());
  group.spawn(say_silence());
  while (!stopping_) co_await stop_.wait();
  co_await group.stop();
}

void HeartbeatListener::shutdown() {
  stopping_ = true;
  stop_.notify();
}

env::Task<void> HeartbeatListener::receive(std::size_t number) {
  const std::shared_ptr<env::DatagramSocket> socket = sockets_[number].socket;
  std::vector<env::Arrival> batch;
  for (;;) {
    batch.clear();
    const auto received = co_await socket->receive(batch, kBatch);
    if (!received) {
      ++counters_.receive_failures;
      env_.log.warn(kComponent, "cannot receive pulses", {{"on", socket->local()}, {"why", received.error()}});
      if (received.error().kind == base::ErrorKind::closed) co_return;
      co_await env_.clock.sleep_for(base::Duration::seconds(1));
      continue;
    }
    sockets_[number].more = batch.size() >= kBatch;
    const auto before = table_.next_deadline();
    for (const env::Arrival& arrival : batch) on_arrival(arrival, static_cast<std::uint32_t>(number));
    ask_for_acks();
    const auto after = table_.next_deadline();
    if (after && (!before || *after < *before)) changed_.notify();
  }
}

std::optional<base::Instant> HeartbeatListener::next_look() const {
  const auto deadline = table_.next_deadline();
  const auto wanted = lookout_.next_look();
  if (!deadline || !wanted) return deadline ? deadline : wanted;
  return std::min(*deadline, *wanted);
}

env::Task<void> HeartbeatListener::judge() {
  base::Instant looked = env_.clock.now();
  for (;;) {
    const auto next = next_look();
    if (!next) {
      co_await changed_.wait();
      looked = env_.clock.now();
      lookout_.idle();
      continue;
    }
    const base::Instant wake = std::min(*next, looked + kWatch);
    using boost::asio::experimental::awaitable_operators::operator||;
    auto changed = changed_.wait();
    auto sleep = env_.clock.sleep_until(wake);
    co_await (std::move(changed) || std::move(sleep));
    const base::Instant woken = env_.clock.now();
    if (woken < wake && !lookout_.has_news()) continue;
    base::Duration lag = woken - std::max(wake, looked);
    const auto deadline = table_.next_deadline();
    if ((deadline && *deadline <= woken) || lag > Wakefulness::kAway) {
      const auto overslept = co_await settle();
      lag = std::max(lag, overslept);
    }
    looked = env_.clock.now();
    judge_due(lag);
  }
}

void HeartbeatListener::judge_due(base::Duration lag) {
  Outcome outcome;
  const Moment at = now();
  const auto wait_until = lookout_.look(lag, table_.due(at), outcome);
  if (wait_until) table_.defer(*wait_until);
  table_.advance(at, outcome);
  carry_out(outcome);
}

// A moment in which the loop was stopped does not count: what came meanwhile may not have been read yet.
env::Task<base::Duration> HeartbeatListener::settle() {
  base::Duration longest;
  bool more = true;
  for (int moment = 0; more && moment < kMaxSettles; ++moment) {
    for (Socket& socket : sockets_) socket.more = false;
    const base::Instant wake = env_.clock.now() + kSettle;
    co_await env_.clock.sleep_until(wake);
    const base::Duration overslept = env_.clock.now() - wake;
    longest = std::max(longest, overslept);
    more = overslept > kOverslept ||
           std::any_of(sockets_.begin(), sockets_.end(), [](const Socket& socket) { return socket.more; });
  }
  co_return longest;
}

void HeartbeatListener::on_arrival(const env::Arrival& arrival, std::uint32_t via) {
  if (arrival.kind != env::Arrival::Kind::data) return;
  ++counters_.datagrams;
  say_datagram("received", arrival.peer, via, arrival.data);
  const auto view = PulseView::parse(arrival.data);
  if (!view) {
    ++counters_.faults[static_cast<std::size_t>(view.error())];
    return;
  }
  Admission admission{.kind = Admission::Kind::take, .challenge = {}};
  if (!from_hub(view->type())) {
    const auto acquainted = [this, &view, &arrival](record::Authentication authentication) {
      return table_.acquaintance(view->fields(), authentication, arrival.peer);
    };
    admission = gate_.judge(*view, arrival.data, arrival.peer, acquainted, env_.clock.now());
  }
  if (admission.kind != Admission::Kind::take) {
    refuse(view->fields(), admission.fault, arrival.peer);
    if (!admission.challenge.empty()) send_datagram(arrival.peer, via, admission.challenge);
    return;
  }
  const bool only_lives = view->type() == PulseType::pulse || view->type() == PulseType::answer;
  if (!from_hub(view->type()) &&
      !may_store(view->name(), admission.authentication, only_lives, view->fields().text.size())) {
    return refuse(view->fields(), GateFault::unstored, arrival.peer);
  }
  Outcome outcome;
  const Path from{arrival.peer, record::Way::datagram, via, arrival.interface};
  lookout_.on_heard(from.link);
  table_.on_datagram(*view, admission.authentication, from, now(), outcome);
  carry_out(outcome);
}

bool HeartbeatListener::may_store(std::string_view name, record::Authentication authentication, bool only_lives,
                                  std::size_t text_bytes) {
  if (authentication != record::Authentication::none) return true;
  if (only_lives && text_bytes == 0 && table_.is_up(name, authentication)) return true;
  return gate_.may_store(authentication, kStoredOfSign + text_bytes, env_.clock.now());
}

bool HeartbeatListener::on_sign(std::string_view name, const Sign& sign, const Path& from) {
  Pulse pulse;
  pulse.name = name;
  if (!table_.acquaintance(pulse, sign.authentication, from.peer).room) {
    ++counters_.refused[static_cast<std::size_t>(GateFault::unauthenticated)];
    return false;
  }
  const bool only_lives = sign.kind == Sign::Kind::life || sign.kind == Sign::Kind::knock;
  if (!may_store(name, sign.authentication, only_lives, sign.text.size())) {
    refuse(pulse, GateFault::unstored, from.peer);
    return false;
  }
  const auto before = table_.next_deadline();
  Outcome outcome;
  Path path = from;
  if (path.link == 0) path.link = lookout_.link_to(path.peer.address);
  lookout_.on_heard(path.link);
  const bool room = table_.on_sign(name, sign, path, now(), outcome);
  carry_out(outcome);
  ask_for_acks();
  const auto after = table_.next_deadline();
  if (after && (!before || *after < *before)) changed_.notify();
  return room;
}

void HeartbeatListener::set_way(record::Way way, std::function<void(const Reply&)> send) {
  ways_[way] = std::move(send);
}

void HeartbeatListener::carry_out(Outcome& outcome) {
  for (record::Record& record : outcome.records) {
    say(record);
    sink_.accept(std::move(record));
  }
  for (Reply& reply : outcome.replies) {
    if (reply.kind == Reply::Kind::ask || !ask_durable_) {
      send(reply);
    } else if (held_acks_.size() < kMaxHeldAcks) {
      held_acks_.push_back(std::move(reply));
    }
  }
}

void HeartbeatListener::send(const Reply& reply) {
  if (reply.path.way == record::Way::datagram) return send_reply(reply);
  const auto way = ways_.find(reply.path.way);
  if (way != ways_.end() && way->second) way->second(reply);
}

void HeartbeatListener::send_reply(const Reply& reply) {
  if (reply.path.via >= sockets_.size()) return;
  auto datagram = pulse_of(reply, env_.clock.wall_now()).emit();
  gate_.seal_for(reply.name, reply.key_id, datagram);
  send_datagram(reply.path.peer, reply.path.via, datagram);
}

void HeartbeatListener::send_datagram(const base::Endpoint& peer, std::uint32_t via, base::Bytes datagram) {
  say_datagram("sent", peer, via, datagram);
  const auto sent = sockets_[via].socket->send(peer, datagram);
  if (!sent) ++counters_.send_failures;
}

void HeartbeatListener::ask_for_acks() {
  if (held_acks_.empty() || !asked_acks_.empty()) return;
  asked_acks_ = std::exchange(held_acks_, {});
  ask_durable_(++asked_number_);
}

void HeartbeatListener::durable(std::uint64_t number) {
  if (number != asked_number_) return;
  for (const Reply& ack : std::exchange(asked_acks_, {})) send(ack);
  ask_for_acks();
}

std::vector<std::string> HeartbeatListener::set_expected(const std::vector<ExpectedSession>& expected) {
  Outcome outcome = table_.set_expected(expected, now());
  table_.close_unawaited(now(), outcome);
  lookout_.weigh_hearing(outcome);
  carry_out(outcome);
  changed_.notify();
  return std::move(outcome.gone);
}

void HeartbeatListener::set_hearing(const Hearing& hearing) {
  Outcome outcome;
  lookout_.set_hearing(hearing, outcome);
  carry_out(outcome);
  changed_.notify();
}

std::vector<base::Endpoint> HeartbeatListener::endpoints() const {
  std::vector<base::Endpoint> all;
  for (const Socket& socket : sockets_) all.push_back(socket.socket->local());
  return all;
}

std::vector<SessionStatus> HeartbeatListener::snapshot(std::size_t first, std::size_t count) const {
  return table_.snapshot(now(), first, count);
}

ListenerCounters HeartbeatListener::counters() const {
  ListenerCounters all = counters_;
  all.table = table_.counters();
  all.unauthenticated = table_.unauthenticated();
  all.observer_gaps = lookout_.absences();
  all.blind_times = lookout_.blind_times();
  all.blind_now = lookout_.blind_now();
  for (const Socket& socket : sockets_) all.dropped += socket.socket->dropped();
  return all;
}

}  // namespace holter::heartbeat

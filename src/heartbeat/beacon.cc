#include "heartbeat/beacon.h"

#include <algorithm>

#include "heartbeat/seal.h"

namespace holter::heartbeat {

// One message at a time; given back also when a delivery is cancelled.
struct Beacon::Turn {
  explicit Turn(Beacon& of) : beacon(of) { beacon.sending_ = true; }
  ~Turn() {
    beacon.sending_ = false;
    beacon.sent_signal_.notify();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Beacon& beacon;
};

Beacon::Beacon(env::Env env, BeaconOptions options, std::function<void(const BeaconEvent&)> on_event)
    : env_(env),
      options_(std::move(options)),
      on_event_(std::move(on_event)),
      may_answer_(env.clock.now()),
      acked_signal_(env.executor),
      sent_signal_(env.executor) {
  while (incarnation_ == 0) incarnation_ = env_.random.next();
}

env::Task<base::Result<void>> Beacon::open() {
  if (options_.name.empty() || options_.name.size() > kMaxNameBytes) {
    co_return base::Error{base::ErrorKind::invalid, "the name of a session has 1 to 255 bytes"};
  }
  auto resolving = env_.network.resolve(options_.hub);
  const auto addresses = co_await std::move(resolving);
  if (!addresses) co_return base::with_context("cannot find the hub", addresses.error());
  base::Error last{base::ErrorKind::not_found, "the hub has no address"};
  for (const base::IpAddress& address : *addresses) {
    if (ways_.size() == kMaxAddresses) break;
    env::DatagramOptions datagram;
    datagram.local = {base::IpAddress::any(address.family()), 0};
    datagram.errors = true;
    auto socket = env_.network.open_datagram(datagram);
    if (!socket) {
      last = socket.error();
      continue;
    }
    const auto source = env_.network.source_for(address);
    const base::Endpoint local{source ? *source : (*socket)->local().address, (*socket)->local().port};
    ways_.push_back({{address, options_.port}, std::shared_ptr<env::DatagramSocket>(std::move(*socket)), local});
  }
  if (ways_.empty()) co_return base::with_context("no way to the hub", last);
  tell(BeaconEvent::Kind::started, 0);
  co_return base::Result<void>();
}

env::Task<void> Beacon::run() {
  env::TaskGroup group(env_.executor);
  for (std::size_t number = 0; number < ways_.size(); ++number) group.spawn(receive(number));
  if (options_.interval > base::Duration::zero()) group.spawn(pulse());
  co_await group.join();
}

env::Task<base::Result<void>> Beacon::deliver(std::string text) { return say(PulseType::message, std::move(text)); }

env::Task<base::Result<void>> Beacon::start(std::string what) { return say(PulseType::start, std::move(what)); }

env::Task<base::Result<void>> Beacon::fail(std::string reason) {
  terminated_ = true;
  return say(PulseType::failure, std::move(reason));
}

env::Task<base::Result<void>> Beacon::say(PulseType type, std::string text) {
  if (text.size() > kMaxTextBytes) {
    co_return base::Error{base::ErrorKind::too_large,
                          "a message has at most 1200 bytes, this one has " + std::to_string(text.size())};
  }
  auto repeating = repeat_until_acked({type, false, std::move(text)});
  co_return co_await std::move(repeating);
}

env::Task<base::Result<void>> Beacon::terminate() {
  terminated_ = true;
  auto repeating = repeat_until_acked({PulseType::terminate, false, {}});
  co_return co_await std::move(repeating);
}

env::Task<base::Result<void>> Beacon::leave() {
  terminated_ = true;
  auto repeating = repeat_until_acked({PulseType::terminate, true, {}});
  co_return co_await std::move(repeating);
}

env::Task<base::Result<void>> Beacon::repeat_until_acked(Errand errand) {
  while (sending_) co_await sent_signal_.wait();
  const Turn turn(*this);
  const std::uint32_t number = ++number_;
  const base::Instant start = env_.clock.now();
  base::Duration wait = kFirstRepeat;
  std::size_t refusals = 0;
  const std::size_t enough = std::max(kRefusals, ways_.size());
  while (acked_ < number && env_.clock.now() - start < options_.give_up) {
    if (refusals >= enough && env_.clock.now() - start >= kRefusedFor) break;
    failure_.reset();
    send(errand, number);
    const base::Instant again = std::min(env_.clock.now() + wait, start + options_.give_up);
    wait = std::min(wait * 2, kLongestRepeat);
    co_await wait_for_ack(number, again);
    if (!failure_) refusals = 0;  // silence: somebody may listen behind it
    if (failure_ == base::ErrorKind::refused) ++refusals;
  }
  if (acked_ < number) co_return give_up(errand, number, refusals >= enough ? refusals : 0);
  tell(errand.type == PulseType::terminate ? BeaconEvent::Kind::ended : BeaconEvent::Kind::delivered, number);
  co_return base::Result<void>();
}

env::Task<void> Beacon::wait_for_ack(std::uint32_t number, base::Instant until) {
  while (acked_ < number && env_.clock.now() < until) {
    using boost::asio::experimental::awaitable_operators::operator||;
    auto acked = acked_signal_.wait();
    auto sleep = env_.clock.sleep_until(until);
    co_await (std::move(acked) || std::move(sleep));
  }
}

// `refusals` is 0 when it was not for them.
base::Error Beacon::give_up(const Errand& errand, std::uint32_t number, std::size_t refusals) {
  base::Error error{base::ErrorKind::timeout, "no answer from " + base::to_string(ways_[way_].hub) + " within " +
                                                  base::to_string(options_.give_up)};
  if (refusals > 0) {
    error = {base::ErrorKind::refused, trouble_ + ", " + std::to_string(refusals) + " times"};
  } else if (!trouble_.empty()) {
    error.message += ": " + trouble_;
  } else if (options_.key) {
    error.message += "; if it has refused the key, its log says so";
  }
  const bool end = errand.type == PulseType::terminate;
  tell(end ? BeaconEvent::Kind::not_ended : BeaconEvent::Kind::not_delivered, number, error.message);
  return error;
}

env::Task<void> Beacon::pulse() {
  base::Instant next = env_.clock.now();
  while (!terminated_ && options_.interval > base::Duration::zero()) {
    send({PulseType::pulse, false, {}}, 0);
    next += options_.interval;
    // After a pause the grid goes on from now; missed pulses are not made up for.
    if (next < env_.clock.now()) next = env_.clock.now() + options_.interval;
    co_await env_.clock.sleep_until(next);
  }
}

env::Task<void> Beacon::receive(std::size_t number) {
  const std::shared_ptr<env::DatagramSocket> socket = ways_[number].socket;
  std::vector<env::Arrival> batch;
  for (;;) {
    batch.clear();
    const auto received = co_await socket->receive(batch, 16);
    if (!received) {
      if (received.error().kind == base::ErrorKind::closed) co_return;
      on_failure(number, received.error().kind, base::to_string(received.error()));
      co_await env_.clock.sleep_for(kFirstRepeat);
      continue;
    }
    for (const env::Arrival& arrival : batch) on_arrival(arrival, number);
  }
}

void Beacon::on_arrival(const env::Arrival& arrival, std::size_t number) {
  if (arrival.kind == env::Arrival::Kind::error) {
    const std::string hub = base::to_string(ways_[number].hub);
    const bool refused = arrival.error == base::ErrorKind::refused;
    on_failure(number, arrival.error,
               refused ? "refused, nothing listens on UDP " + hub
                       : "no way to " + hub + " (" + std::string(base::to_string(arrival.error)) + ")");
    return;
  }
  if (arrival.kind != env::Arrival::Kind::data) return;
  show(false, arrival.peer, ways_[number], arrival.data);
  if (arrival.peer != ways_[number].hub) return;
  const auto view = PulseView::parse(arrival.data);
  if (!view || !from_hub(view->type()) || view->name() != options_.name) return;
  if (!is_believed(*view, arrival.data)) return;
  const Pulse& pulse = view->fields();
  switch (view->type()) {
    case PulseType::ack: return on_ack(pulse);
    case PulseType::challenge: return on_challenge(pulse);
    default: return on_ask(pulse);
  }
}

bool Beacon::is_believed(const PulseView& view, base::Bytes datagram) {
  return !options_.key || view.type() == PulseType::ask || is_sealed(hmac_, *options_.key, datagram);
}

void Beacon::on_ack(const Pulse& pulse) {
  // Numbers never sent are not believed.
  if (pulse.incarnation != incarnation_ || pulse.number > number_) return;
  trouble_.clear();
  acked_ = std::max(acked_, pulse.number);
  acked_signal_.notify();
}

// The cookie goes with everything that is sent from now on, so that a lost repetition is no loss.
void Beacon::on_challenge(const Pulse& pulse) {
  if (pulse.incarnation != incarnation_ || pulse.cookie.empty()) return;
  cookie_.assign(pulse.cookie.begin(), pulse.cookie.end());
  const bool ended = terminated_ && said_.errand.type != PulseType::terminate;
  if (!may_repeat_ || pulse.sequence != sequence_ || ended) return;
  may_repeat_ = false;
  send_said();
}

void Beacon::on_ask(const Pulse& pulse) {
  const bool mine = pulse.incarnation == incarnation_ || pulse.incarnation == 0;
  if (!mine || terminated_ || env_.clock.now() < may_answer_) return;
  may_answer_ = env_.clock.now() + kAnswerSpacing;
  trouble_.clear();
  send({PulseType::answer, false, {}}, 0);
  tell(BeaconEvent::Kind::asked, pulse.number);
}

void Beacon::on_failure(std::size_t number, base::ErrorKind kind, const std::string& why) {
  if (number != way_) return;
  failure_ = kind;
  if (trouble_ != why) tell(BeaconEvent::Kind::unreachable, 0, why);
  trouble_ = why;
  way_ = (way_ + 1) % ways_.size();
}

void Beacon::send(const Errand& errand, std::uint32_t number) {
  said_ = {errand, number, sequence_ == 0 || number != 0};
  may_repeat_ = true;
  send_said();
}

void Beacon::send_said() {
  const Errand& errand = said_.errand;
  const Pulse pulse{errand.type,
                    said_.number,
                    incarnation_,
                    ++sequence_,
                    env_.clock.wall_now(),
                    options_.interval,
                    options_.detect_multiplier,
                    options_.name,
                    errand.text,
                    errand.leaves,
                    0,
                    cookie_};
  const std::size_t name = options_.name.size();
  const std::size_t least = smallest_bytes(name, errand.text.size());
  auto datagram = pulse.emit(said_.pays ? std::max(least, paying_bytes(name)) : least);
  if (options_.key) seal(hmac_, *options_.key, datagram);
  const Way way = ways_[way_];
  show(true, way.hub, way, datagram);
  const auto sent = way.socket->send(way.hub, datagram);
  if (sent || sent.error().kind == base::ErrorKind::would_block) return;
  on_failure(way_, sent.error().kind, base::to_string(sent.error()));
}

void Beacon::show(bool sent, const base::Endpoint& peer, const Way& way, base::Bytes bytes) const {
  if (options_.on_datagram) options_.on_datagram({sent, peer, way.local, bytes});
}

void Beacon::tell(BeaconEvent::Kind kind, std::uint32_t number, std::string why) {
  on_event_({kind, ways_[way_].hub, ways_[way_].local, number, std::move(why)});
}

}  // namespace holter::heartbeat

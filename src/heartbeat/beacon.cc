#include "heartbeat/beacon.h"

#include <algorithm>

namespace holter::heartbeat {

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
    ways_.push_back({{address, options_.port}, std::shared_ptr<env::DatagramSocket>(std::move(*socket))});
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

env::Task<base::Result<void>> Beacon::deliver(std::string text) {
  if (text.size() > kMaxTextBytes) {
    co_return base::Error{base::ErrorKind::too_large,
                          "a message has at most 1200 bytes, this one has " + std::to_string(text.size())};
  }
  auto repeating = repeat_until_acked(PulseType::message, std::move(text));
  co_return co_await std::move(repeating);
}

env::Task<base::Result<void>> Beacon::terminate() {
  terminated_ = true;
  auto repeating = repeat_until_acked(PulseType::terminate, std::string());
  co_return co_await std::move(repeating);
}

env::Task<base::Result<void>> Beacon::repeat_until_acked(PulseType type, std::string text) {
  while (sending_) co_await sent_signal_.wait();
  sending_ = true;
  const std::uint32_t number = ++number_;
  const base::Instant start = env_.clock.now();
  base::Duration wait = kFirstRepeat;
  while (acked_ < number && env_.clock.now() - start < options_.give_up) {
    send(type, number, text);
    const base::Instant again = std::min(env_.clock.now() + wait, start + options_.give_up);
    wait = std::min(wait * 2, kLongestRepeat);
    while (acked_ < number && env_.clock.now() < again) {
      using boost::asio::experimental::awaitable_operators::operator||;
      auto acked = acked_signal_.wait();
      auto sleep = env_.clock.sleep_until(again);
      co_await (std::move(acked) || std::move(sleep));
    }
  }
  sending_ = false;
  sent_signal_.notify();
  if (acked_ >= number) {
    tell(type == PulseType::terminate ? BeaconEvent::Kind::terminated : BeaconEvent::Kind::delivered, number);
    co_return base::Result<void>();
  }
  const std::string why = "not delivered after " + base::to_string(options_.give_up) + ": " +
                          (trouble_.empty() ? "no answer from " + base::to_string(ways_[way_].hub) : trouble_);
  tell(BeaconEvent::Kind::not_delivered, number, why);
  co_return base::Error{base::ErrorKind::timeout, why};
}

env::Task<void> Beacon::pulse() {
  base::Instant next = env_.clock.now();
  while (!terminated_) {
    send(PulseType::pulse, 0, {});
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
      on_refused(number, base::to_string(received.error()));
      co_await env_.clock.sleep_for(kFirstRepeat);
      continue;
    }
    for (const env::Arrival& arrival : batch) on_arrival(arrival, number);
  }
}

void Beacon::on_arrival(const env::Arrival& arrival, std::size_t number) {
  if (arrival.kind == env::Arrival::Kind::error) {
    on_refused(number, "nothing listens on UDP " + base::to_string(ways_[number].hub) + " (" +
                           std::string(base::to_string(arrival.error)) + ")");
    return;
  }
  if (arrival.kind != env::Arrival::Kind::data || arrival.peer != ways_[number].hub) return;
  const auto view = PulseView::parse(arrival.data);
  if (!view || !from_hub(view->type()) || view->name() != options_.name) return;
  const Pulse& pulse = view->fields();
  if (view->type() == PulseType::ack) {
    // Numbers never sent are not believed.
    if (pulse.incarnation != incarnation_ || pulse.number > number_) return;
    trouble_.clear();
    acked_ = std::max(acked_, pulse.number);
    acked_signal_.notify();
    return;
  }
  const bool mine = pulse.incarnation == incarnation_ || pulse.incarnation == 0;
  if (!mine || terminated_ || env_.clock.now() < may_answer_) return;
  may_answer_ = env_.clock.now() + kAnswerSpacing;
  trouble_.clear();
  send(PulseType::answer, 0, {});
  tell(BeaconEvent::Kind::asked, pulse.number);
}

void Beacon::on_refused(std::size_t number, const std::string& why) {
  if (number != way_) return;
  if (trouble_ != why) tell(BeaconEvent::Kind::unreachable, 0, why);
  trouble_ = why;
  way_ = (way_ + 1) % ways_.size();
}

void Beacon::send(PulseType type, std::uint32_t number, std::string_view text) {
  const bool pays = sequence_ == 0 || number != 0;
  const Pulse pulse{type,
                    number,
                    incarnation_,
                    ++sequence_,
                    env_.clock.wall_now(),
                    options_.interval,
                    options_.detect_multiplier,
                    options_.name,
                    text};
  const std::size_t name = options_.name.size();
  const auto datagram = pulse.emit(pays ? paying_bytes(name) : smallest_bytes(name));
  const Way way = ways_[way_];
  const auto sent = way.socket->send(way.hub, datagram);
  if (!sent && sent.error().kind != base::ErrorKind::would_block) on_refused(way_, base::to_string(sent.error()));
}

void Beacon::tell(BeaconEvent::Kind kind, std::uint32_t number, std::string why) {
  on_event_({kind, ways_[way_].hub, ways_[way_].socket->local(), number, std::move(why)});
}

}  // namespace holter::heartbeat

#include "sim/scenarios/pulse_world.h"

#include <algorithm>

namespace holter::sim {
namespace {

using base::Duration;
using base::Instant;

constexpr Duration kWallStart = Duration::hours(24 * 365 * 55);
constexpr Duration kAskSpacing = Duration::seconds(1);
constexpr Duration kLook = Duration::seconds(2);
// As HeartbeatListener has them.
constexpr Duration kLagLimit = Duration::milliseconds(500);
constexpr Duration kSettle = Duration::milliseconds(1);

}  // namespace

PulseWorld::PulseWorld(const PulseWorldOptions& options)
    : options_(options),
      random_(options.seed),
      now_(Instant() + Duration::hours(1)),
      looked_(now_),
      wall_(kWallStart),
      table_(new_table()),
      judge_({options.pace, options.adaptive, kAskSpacing * options.asks}) {
  judge_.on_observer_back(now_);
  for (std::uint32_t i = 0; i < options.sessions; ++i) restart(add("beacon" + std::to_string(i)));
}

std::unique_ptr<heartbeat::SessionTable> PulseWorld::new_table() const {
  heartbeat::SessionTableOptions options;
  options.limit = 100'000;
  options.detector.asks = options_.asks;
  options.detector.ask_spacing = kAskSpacing;
  options.detector.adaptive = options_.adaptive;
  return std::make_unique<heartbeat::SessionTable>(options, now_);
}

PulseWorld::Number PulseWorld::add(const std::string& name) {
  const Number number = static_cast<Number>(beacons_.size());
  beacons_of_.emplace(name, number);
  beacons_.push_back({name,
                      0,
                      0,
                      {base::IpAddress::v4(0x0a000000 + number), 40'000},
                      LossyLink(options_.weather, random_.fork(2 * number)),
                      LossyLink(options_.weather, random_.fork(2 * number + 1))});
  return number;
}

void PulseWorld::put(Instant at, Event event) {
  event.at = at;
  event.order = ++order_;
  events_.push(event);
}

void PulseWorld::restart(Number number) {
  Beacon& beacon = beacons_[number];
  beacon.incarnation = random_.next() | 1;
  beacon.sequence = 0;
  Event first;
  first.beacon = number;
  first.incarnation = beacon.incarnation;
  put(now_ + random_.between(Duration(), options_.pace.interval), first);
}

void PulseWorld::kill(Number number) { beacons_[number].incarnation = 0; }

void PulseWorld::cut(Number number, bool its_pulses, bool its_asks) {
  beacons_[number].pulses_cut = its_pulses;
  beacons_[number].asks_cut = its_asks;
}

void PulseWorld::move(Number number) {
  beacons_[number].address = {base::IpAddress::v4(0xc0000200 + static_cast<std::uint32_t>(random_.below(256))), 1'024};
}

PulseWorld::Number PulseWorld::double_up(Number number) {
  const Number second = add(beacons_[number].name);
  restart(second);
  return second;
}

void PulseWorld::set_weather(const LinkWeather& weather) {
  for (Beacon& beacon : beacons_) {
    beacon.out.set_weather(weather);
    beacon.back.set_weather(weather);
  }
}

void PulseWorld::be_away(Duration span, bool host_sleeps) {
  if (away_for_ > Duration::zero()) return;
  host_sleeps_ = host_sleeps;
  away_for_ = span;
  away_until_ = now_ + span;
  Event back;
  back.kind = Event::Kind::back;
  put(away_until_ + kSettle, back);
}

void PulseWorld::restart_hub() {
  if (away_for_ > Duration::zero()) return;
  table_ = new_table();
  rows_.clear();
  std::vector<record::PulseChange> known;
  for (const auto& [name, change] : stored_) known.push_back(change);
  heartbeat::Outcome outcome;
  table_->restore(known, 0, 0, now(), outcome);
  const auto restored = table_->snapshot(now());
  for (std::size_t row = 0; row < restored.size(); ++row) rows_[restored[row].name.raw()] = row;
  judge_.on_restart(known, restored);
  judge_.on_observer_back(now_);
  take(outcome);
}

void PulseWorld::run_for(Duration span) {
  const Instant end = now_ + span;
  while (!events_.empty() && events_.top().at <= end) {
    const Event event = events_.top();
    events_.pop();
    judge_until(event.at);
    now_ = event.at;
    handle(event);
    if (now_ - looked_ < kLook) continue;
    judge_until(now_);
    look();
  }
  judge_until(end + Duration::nanoseconds(1));
  now_ = end;
  look();
}

// What arrives at the very instant of a deadline counts as heard.
void PulseWorld::judge_until(Instant end) {
  if (away_for_ > Duration::zero()) return;
  for (auto next = table_->next_deadline(); next && *next < end; next = table_->next_deadline()) {
    now_ = std::max(now_, *next);
    heartbeat::Outcome outcome;
    table_->advance(now(), outcome);
    take(outcome);
  }
}

void PulseWorld::handle(const Event& event) {
  switch (event.kind) {
    case Event::Kind::pulse: {
      if (beacons_[event.beacon].incarnation != event.incarnation) return;
      send(event.beacon, false);
      return put(now_ + options_.pace.interval, event);
    }
    case Event::Kind::arrival:
      if (away_for_ == Duration::zero() || now_ >= away_until_) return arrive(event);
      if (!host_sleeps_) put(away_until_, event);
      return;
    case Event::Kind::ask:
      if (beacons_[event.beacon].incarnation == event.incarnation) send(event.beacon, true);
      return;
    case Event::Kind::back: {
      heartbeat::Outcome outcome;
      judge_.on_observer_late(now_);
      if (away_for_ > kLagLimit) {
        judge_.on_observer_back(now_);
        table_->on_observer_gap(away_for_, now(), outcome);
      }
      away_for_ = Duration::zero();
      return take(outcome);
    }
  }
}

void PulseWorld::send(Number number, bool answers) {
  Beacon& beacon = beacons_[number];
  Event event;
  event.kind = Event::Kind::arrival;
  event.answers = answers;
  event.beacon = number;
  event.incarnation = beacon.incarnation;
  event.sequence = ++beacon.sequence;
  event.from = beacon.address;
  const auto takes = beacon.out.carry();
  if (!takes || beacon.pulses_cut) return;
  put(now_ + *takes, event);
  if (options_.duplicates > 0 && random_.chance(options_.duplicates)) {
    put(now_ + *takes + random_.between(Duration(), options_.pace.interval * 3), event);
  }
}

void PulseWorld::arrive(const Event& event) {
  heartbeat::Pulse pulse;
  pulse.type = event.answers ? heartbeat::PulseType::answer : heartbeat::PulseType::pulse;
  pulse.incarnation = event.incarnation;
  pulse.sequence = event.sequence;
  pulse.interval = options_.pace.interval;
  pulse.detect_multiplier = static_cast<std::uint8_t>(options_.pace.multiplier);
  const std::string& name = beacons_[event.beacon].name;
  pulse.name = name;
  const auto bytes = pulse.emit(heartbeat::paying_bytes(name.size()));
  const std::uint64_t seen = table_->counters().seen_before;
  heartbeat::Outcome outcome;
  table_->on_datagram(*heartbeat::PulseView::parse(bytes), record::Authentication::loopback,
                      {event.from, record::Way::datagram, 0}, now(), outcome);
  if (table_->size() > rows_.size()) rows_[name] = table_->size() - 1;
  if (table_->counters().seen_before == seen) judge_.on_life(name, now_);
  take(outcome);
}

void PulseWorld::take(heartbeat::Outcome& outcome) {
  for (const auto& record : outcome.records) {
    if (const auto* change = std::get_if<record::PulseChange>(&record)) on_change(*change);
  }
  for (const auto& reply : outcome.replies) {
    if (reply.kind != heartbeat::Reply::Kind::ask) continue;
    const auto [first, last] = beacons_of_.equal_range(reply.name);
    for (auto of = first; of != last; ++of) {
      Beacon& beacon = beacons_[of->second];
      if (beacon.address != reply.path.peer || beacon.incarnation == 0) continue;
      const auto takes = beacon.back.carry();
      Event ask;
      ask.kind = Event::Kind::ask;
      ask.beacon = of->second;
      ask.incarnation = beacon.incarnation;
      if (takes && !beacon.asks_cut) put(now_ + *takes, ask);
    }
  }
}

bool PulseWorld::living(const std::string& name) const {
  const auto [first, last] = beacons_of_.equal_range(name);
  return std::any_of(first, last, [this](const auto& of) {
    return beacons_[of.second].incarnation != 0 && !beacons_[of.second].pulses_cut;
  });
}

void PulseWorld::on_change(const record::PulseChange& change) {
  const std::string& name = change.session.raw();
  stored_[name] = change;
  trace_.note(name, {static_cast<std::uint64_t>(change.to), static_cast<std::uint64_t>(now_.in_nanoseconds())});
  if (change.to != record::SessionState::down || change.from == change.to) return;
  const auto status = table_->snapshot(now(), rows_.at(name), 1).at(0);
  judge_.on_down(status, now_, living(name));
}

void PulseWorld::look() {
  looked_ = now_;
  if (away_for_ > Duration::zero()) return;
  for (const auto& session : table_->snapshot(now())) judge_.look(session, now_);
}

heartbeat::SessionStatus PulseWorld::status(Number beacon) const {
  return table_->snapshot(now(), rows_.at(beacons_[beacon].name), 1).at(0);
}

}  // namespace holter::sim

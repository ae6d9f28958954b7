#include "probe/icmp/probes.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

constexpr std::size_t kMaxProbes = 1'048'576;
constexpr std::size_t kMaxChannels = 64;
constexpr std::size_t kReceived = 256;  // arrivals that are looked at before the loop's other work
// A full socket has room again when a packet has left.
constexpr base::Duration kRoomAfter = base::Duration::milliseconds(1);

std::string request_text(EchoIds ids, const base::IpAddress& target) {
  return "echo request to " + base::to_string(target) + ", id " + std::to_string(ids.id) + ", sequence " +
         std::to_string(ids.sequence);
}

}  // namespace

struct EchoProbes::Probe {
  struct Request {
    EchoTable::Serial serial = 0;
    EchoIds ids;
    base::Instant at;
  };
  struct Failure {
    base::Instant at;
    std::string text;
  };

  bool all_sent() const { return requests.size() >= options.burst; }
  base::Instant deadline() const { return result.started_instant + timeout; }
  // Told of failures alone: an answer says all of it by itself, and there are very many.
  void tell_steps();

  record::ProbeResult result;
  base::IpAddress target;
  EchoOptions options;
  base::Duration timeout;
  Announced announced;
  Done done;
  EchoChannel* channel = nullptr;
  EchoBurst burst;
  base::Duration wall_before;
  std::vector<Request> requests = {};
  std::vector<Failure> failures = {};
  bool lingering = false;  // complete, but for duplicates
};

void EchoProbes::Probe::tell_steps() {
  auto failure = failures.begin();
  const auto tell_until = [&](base::Instant at) {
    for (; failure != failures.end() && failure->at < at; ++failure) {
      note(result, failure->at, record::Direction::came, failure->text);
    }
  };
  for (const auto& request : requests) {
    tell_until(request.at);
    note(result, request.at, record::Direction::sent, request_text(request.ids, target));
  }
  tell_until(base::Instant::max());
}

EchoProbes::EchoProbes(env::Env env)
    : env_(env),
      first_id_(static_cast<std::uint16_t>(env.random.below(0x1'0000))),
      wheel_(kMaxProbes, env.clock.now()),
      awake_(base::Instant::max()),
      sooner_(env.executor),
      loops_(env.executor) {
  loops_.spawn(tend_loop());
}

EchoProbes::~EchoProbes() = default;

base::Result<EchoChannel*> EchoProbes::channel(Family family, const EchoOptions& options) {
  auto found = std::ranges::find_if(channels_, [&](const auto& c) { return c->serves(family, options); });
  if (found == channels_.end()) {
    if (channels_.size() == kMaxChannels) {
      return base::Error{base::ErrorKind::full, "probes go out in more than 64 ways"};
    }
    channels_.push_back(std::make_unique<EchoChannel>(env_, family, options, first_id_));
    found = channels_.end() - 1;
  }
  EchoChannel& channel = **found;
  if (channel.is_open()) return &channel;
  if (auto opened = channel.open(env_.network); !opened) return opened.error();
  loops_.spawn(receive_loop(channel));
  return &channel;
}

EchoProbes::Key EchoProbes::begin(Order order, Done done) {
  Key key = static_cast<Key>(probes_.size());
  if (free_.empty()) {
    HOLTER_ASSERT(key < kMaxProbes);  // a plan holds fewer
    probes_.emplace_back();
  } else {
    key = free_.back();
    free_.pop_back();
  }
  EchoBurst burst(order.options.burst, order.options.linger.has_value());
  probes_[key].reset(new Probe{std::move(order.begun), order.target, std::move(order.options), order.timeout,
                               std::move(order.announced), std::move(done), nullptr, std::move(burst), wall_offset_});
  const base::Instant start = probes_[key]->result.started_instant;
  wheel_.schedule(key, start);
  if (start < awake_) {
    awake_ = start;
    sooner_.notify();
  }
  return key;
}

void EchoProbes::forget(Key key) { take(key); }

std::string EchoProbes::describe() {
  const auto opened = channel(Family::v4, {});
  if (!opened) return "none: " + opened.error().message;
  return (*opened)->raw() ? "raw" : "unprivileged";
}

env::Task<void> EchoProbes::stop() {
  for (Key key = 0; key < probes_.size(); ++key) {
    if (probes_[key]) forget(key);
  }
  co_await loops_.stop();
}

env::Task<void> EchoProbes::receive_loop(EchoChannel& channel) {
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await channel.receive(arrivals, kReceived);
    if (!received) {
      env_.log.warn("probe", "the echo socket failed and is opened again", {{"error", received.error()}});
      channel.close();
      co_return;
    }
    wall_offset_ = wall_offset(env_);
    for (const auto& arrival : arrivals) {
      if (const auto news = channel.understand(arrival)) on_news(*news);
    }
  }
}

env::Task<void> EchoProbes::tend_loop() {
  for (;;) {
    tend();
    co_await sooner_.wait_until(env_.clock, awake_);
  }
}

void EchoProbes::tend() {
  const base::Instant now = env_.clock.now();
  wall_offset_ = wall_offset(env_);
  due_.clear();
  wheel_.advance(now, due_);
  for (const Key key : due_) on_time(key, now);
  flush(now);
  awake_ = wheel_.next_deadline().value_or(base::Instant::max());
  const bool full = std::ranges::any_of(channels_, [](const auto& c) { return c->waits_for_room(); });
  if (full) awake_ = std::min(awake_, now + kRoomAfter);
}

void EchoProbes::on_time(Key key, base::Instant now) {
  if (!probes_[key]) return;  // the end of another one made it forgotten
  Probe& probe = *probes_[key];
  if (probe.lingering || now >= probe.deadline()) return end(key);
  if (!probe.all_sent()) send_next(key, probe, now);
}

void EchoProbes::send_next(Key key, Probe& probe, base::Instant now) {
  const auto opened = channel(probe.target.family(), probe.options);
  if (!opened) return refuse(key, opened.error());
  probe.channel = *opened;
  const auto place = static_cast<std::uint32_t>(probe.requests.size());
  if (place == 0) probe.wall_before = wall_offset_;
  const auto request = probe.channel->request(probe.target, {key, place}, probe.options.size);
  if (!request) return refuse(key, {base::ErrorKind::full, "too many echoes are out"});
  probe.requests.push_back({request->serial, request->ids, now});
  probe.announced.echo(probe.channel->on_the_wire(request->ids), probe.target, probe.deadline(), probe.options.burst);
  const base::Instant next = probe.result.started_instant + probe.options.gap * static_cast<std::int64_t>(place + 1);
  wheel_.schedule(key, probe.all_sent() ? probe.deadline() : std::min(next, probe.deadline()));
}

void EchoProbes::flush(base::Instant now) {
  for (const auto& channel : channels_) {
    if (!channel->waits_for_room() || !channel->is_open()) continue;
    for (auto& [serial, error] : channel->flush(now)) {
      const auto owner = channel->owner_of(serial);
      if (!owner) continue;  // the word to another one ended it
      if (owner->place == 0) {
        refuse(owner->probe, error);
      } else {
        on_news({.owner = *owner, .error = std::move(error)});
      }
    }
  }
}

void EchoProbes::on_news(const EchoNews& news) {
  const auto& [key, place] = news.owner;
  Probe& probe = *probes_[key];
  if (news.again) return probe.burst.answered_again();
  if (news.error) {
    probe.failures.push_back({env_.clock.now(), news.error->message});
    probe.burst.failed(*news.error, news.mtu);
    probe.channel->end(probe.requests[place].serial);
  } else {
    auto trip = news.trip;
    trip.wall_stepped = wall_offset_ - probe.wall_before;
    probe.burst.answered(place, trip, news.ttl);
  }
  if (!probe.burst.complete()) return;
  const auto linger = probe.options.lingers(probe.burst.longest());
  if (!linger) return end(key);
  probe.lingering = true;
  wheel_.schedule(key, std::min(probe.deadline(), env_.clock.now() + *linger));
}

// Nothing of it was sent.
void EchoProbes::refuse(Key key, const base::Error& why) {
  using record::Phase;
  auto probe = take(key);
  const bool full = why.kind == base::ErrorKind::full;
  auto result = full ? failed(std::move(probe->result), record::Outcome::skipped, Phase::connect, why.message)
                     : failed(std::move(probe->result), why, Phase::connect);
  probe->announced.ended(result);
  probe->done(std::move(result));
}

void EchoProbes::end(Key key) {
  const auto probe = take(key);
  probe->burst.judge(probe->result, probe->timeout);
  if (probe->result.outcome != record::Outcome::ok) probe->tell_steps();
  probe->announced.ended(probe->result);
  probe->done(std::move(probe->result));
}

std::unique_ptr<EchoProbes::Probe> EchoProbes::take(Key key) {
  auto probe = std::move(probes_[key]);
  for (const auto& request : probe->requests) probe->channel->end(request.serial);
  wheel_.cancel(key);
  free_.push_back(key);
  return probe;
}

}  // namespace holter::probe

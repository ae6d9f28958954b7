#include "app/heartbeat_river.h"

#include "app/figures.h"
#include "heartbeat/traffic_desk.h"

namespace holter::app {
namespace {

constexpr std::size_t kWaitingExpectations = 16;
constexpr std::size_t kWaitingKeys = 16;
constexpr std::size_t kWaitingCertificates = 16;
constexpr std::size_t kWaitingPings = 256;  // of 100 kB at most
constexpr base::Duration kReportEvery = base::Duration::seconds(1);
// Between two reports at least; with many sessions a report is work for the main loop.
constexpr base::Duration kReportPace = base::Duration::milliseconds(100);
constexpr std::size_t kManySessions = 1'000;
constexpr std::size_t kMostReported = 10'000;  // at a time; the next time those after them
// They are told in portions, so that no pulse and no deadline waits for long, and little is on its way.
constexpr std::size_t kPortion = 1'000;
constexpr base::Duration kBetweenPortions = base::Duration::milliseconds(20);

std::string words(const std::vector<base::Endpoint>& endpoints) {
  std::string text;
  for (const auto& endpoint : endpoints) text += (text.empty() ? "" : ", ") + to_string(endpoint);
  return text;
}

// Passes records on and remembers that there was one, so that the figures of a changed session follow at once.
class NoticingSink final : public record::Sink {
 public:
  NoticingSink(record::Sink& next, env::Signal& noticed) : next_(next), noticed_(noticed) {}
  void accept(record::Record record) override {
    next_.accept(std::move(record));
    changed_ = true;
    noticed_.notify();
  }
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  record::Sink& next_;
  env::Signal& noticed_;
  bool changed_ = false;
};

std::string refused_words(std::uint64_t refused, std::size_t limit) {
  return std::to_string(refused) + " pulses of new sessions were refused: there are " + std::to_string(limit) +
         " sessions already, which is the most";
}

// From the row `first` on; returns where to go on.
env::Task<std::size_t> report_sessions(env::Env env, const heartbeat::HeartbeatListener& listener, std::size_t first,
                                       NewsBox& news) {
  for (std::size_t told = 0; told < kMostReported;) {
    auto sessions = listener.snapshot(first, kPortion);
    if (sessions.empty()) co_return 0;
    first += sessions.size();
    told += sessions.size();
    news.post(SessionNews{std::move(sessions)});
    if (first >= listener.size()) co_return 0;
    co_await env.clock.sleep_for(kBetweenPortions);
  }
  co_return first;
}

env::Task<void> report(env::Env env, heartbeat::HeartbeatListener& listener, heartbeat::LineListener& lines,
                       std::size_t limit, NoticingSink& sink, env::Signal& noticed, NewsBox& news) {
  using boost::asio::experimental::awaitable_operators::operator||;
  base::Duration pace = kReportPace;
  std::uint64_t refused = 0;
  std::size_t first = 0;
  std::vector<heartbeat::BlindStatus> blind;
  for (;;) {
    co_await env.clock.sleep_for(pace);
    if (pace < kReportEvery && !sink.take_changed()) {
      auto change = noticed.wait();
      auto due = env.clock.sleep_for(kReportEvery - pace);
      co_await (std::move(change) || std::move(due));
    }
    sink.take_changed();
    first = co_await report_sessions(env, listener, first, news);
    pace = listener.size() > kManySessions ? kReportEvery : kReportPace;
    if (auto now_blind = listener.blind(); now_blind != blind) {
      blind = std::move(now_blind);
      news.post(BlindNews{blind});
    }
    const heartbeat::ListenerCounters counters = listener.counters();
    if (counters.table.refused_full != refused) {
      refused = counters.table.refused_full;
      news.post(ProblemNews{"sessions", refused_words(refused, limit)});
    }
    news.post(FigureNews{"pulses", pulse_figures(counters)});
    news.post(FigureNews{"lines", line_figures(lines.counters())});
  }
}

env::Task<void> report_segments(env::Env env, compat::HeartbeatAdapter& adapter, NewsBox& news) {
  for (;;) {
    news.post(FigureNews{"segments", segment_figures(adapter.counters())});
    co_await env.clock.sleep_for(kReportEvery);
  }
}

env::Task<void> take_durable(heartbeat::HeartbeatListener& listener, Numbers durable) {
  for (;;) {
    const auto numbers = co_await durable.receive();
    if (numbers.empty()) co_return;
    for (const std::uint64_t number : numbers) listener.durable(number);
  }
}

env::Task<void> take_expected(heartbeat::HeartbeatListener& listener, heartbeat::TrafficDesk& desk,
                              Expectations expected, NewsBox& news) {
  for (;;) {
    const auto arrived = co_await expected.receive();
    if (arrived.empty()) co_return;
    auto gone = listener.set_expected(arrived.back());
    if (!gone.empty()) news.post(SessionNews{{}, std::move(gone)});
    desk.set_expected(arrived.back());
  }
}

env::Task<void> take_traffic(heartbeat::HeartbeatListener& listener, heartbeat::TrafficDesk& desk, TrafficBox traffic) {
  Hearings hearings;
  for (;;) {
    const auto arrived = co_await traffic.receive();
    if (arrived.empty()) co_return;
    for (const TrafficNews& news : arrived) {
      if (news.hearing) listener.set_hearing(hearings.set(news.interface, *news.hearing));
      desk.hear(news.heard, hearings.link_of(news.interface));
    }
  }
}

env::Task<void> take_keys(heartbeat::HeartbeatListener& listener, KeyChanges keys) {
  for (;;) {
    auto arrived = co_await keys.receive();
    if (arrived.empty()) co_return;
    listener.set_keys(heartbeat::KeyRing(arrived.back()));
  }
}

env::Task<void> take_certificates(env::Env env, heartbeat::LineListener& lines, Certificates certificates) {
  for (;;) {
    const auto arrived = co_await certificates.receive();
    if (arrived.empty()) co_return;
    const auto identity = env.network.tls_identity(arrived.back());
    if (identity) lines.set_identity(*identity);
    if (!identity) env.log.warn("heartbeat", "a certificate is not taken over", {{"why", identity.error()}});
  }
}

base::Result<std::unique_ptr<heartbeat::LineListener>> open_lines(env::Env env, const LinePlan& plan,
                                                                  heartbeat::HeartbeatListener& listener) {
  const auto verify = [&listener](std::string_view name, std::string_view key) {
    return listener.verify_key(name, key);
  };
  auto lines = heartbeat::LineListener::open(env, {plan.endpoints, verify}, listener);
  if (!lines || plan.endpoints.empty()) return lines;
  const auto identity = env.network.tls_identity(plan.tls);
  if (!identity) return identity.error();
  (*lines)->set_identity(*identity);
  return lines;
}

env::Task<void> take_pings(heartbeat::HeartbeatListener& listener, PingSigns pings) {
  for (;;) {
    const auto arrived = co_await pings.receive();
    if (arrived.empty()) co_return;
    for (const heartbeat::PingSign& ping : arrived) {
      listener.on_sign(ping.name, ping.sign(), {ping.peer, record::Way::ping});
    }
  }
}

base::Result<std::unique_ptr<compat::HeartbeatAdapter>> open_adapter(env::Env env, CompatPlan plan,
                                                                     heartbeat::Presence& presence) {
  auto interfaces = compat::interfaces_for_segments(env.host, plan.interface);
  if (!interfaces) return interfaces.error();
  plan.adapter.interfaces = *interfaces;
  const std::uint16_t port = plan.adapter.port;
  auto adapter = compat::HeartbeatAdapter::open(env, std::move(plan.adapter), presence);
  if (!adapter) return adapter.error();
  for (const std::string& interface : *interfaces) {
    env.log.info("heartbeat", "listening for clients of the heartbeats ancestor",
                 {{"interface", base::UntrustedText(interface)}, {"port", port}});
  }
  return adapter;
}

// Nothing when clients of the ancestor are not wanted, or cannot be heard: then it is said.
std::unique_ptr<compat::HeartbeatAdapter> hear_ancestors(env::Env env, const CompatPlan& plan,
                                                         heartbeat::Presence& presence, NewsBox& news) {
  if (!plan.enabled) return nullptr;
  auto adapter =
      plan.refusal.empty() ? open_adapter(env, plan, presence) : base::Error{base::ErrorKind::permission, plan.refusal};
  if (adapter) return std::move(*adapter);
  env.log.warn("heartbeat", "clients of the heartbeats ancestor are not heard", {{"why", adapter.error().message}});
  news.post(ProblemNews{"compat", "clients of the heartbeats ancestor are not heard: " + adapter.error().message});
  return nullptr;
}

struct Boxes {
  Numbers durable;
  Expectations expected;
  KeyChanges keys;
  Certificates certificates;
  PingSigns pings;
  TrafficBox traffic;
};

env::Task<void> heartbeat_main(env::Env env, StopRequest& stop, HeartbeatPlan plan, NewsBox& news, NewsSink& sink,
                               Boxes boxes) {
  env::Signal noticed(env.executor);
  NoticingSink noticing(sink, noticed);
  const std::size_t limit = plan.listener.table.limit;
  auto listener = heartbeat::HeartbeatListener::open(env, std::move(plan.listener), noticing);
  if (!listener) {
    news.post(StartNews{"heartbeat", listener.error().message, true});
    co_return;
  }
  (*listener)->set_expected(plan.expected);
  (*listener)->restore(plan.known);
  heartbeat::TrafficDesk desk(**listener);
  desk.set_expected(plan.expected);
  news.post(StartNews{"heartbeat", words((*listener)->endpoints()), false});
  auto lines = open_lines(env, plan.lines, **listener);
  if (!lines) {
    news.post(StartNews{"lines", lines.error().message, true});
    co_return;
  }
  news.post(StartNews{"lines", words((*lines)->endpoints()), false});
  const auto adapter = hear_ancestors(env, plan.compat, **listener, news);
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  tasks.spawn((*lines)->run());
  tasks.spawn(report(env, **listener, **lines, limit, noticing, noticed, news));
  tasks.spawn(take_durable(**listener, boxes.durable));
  tasks.spawn(take_expected(**listener, desk, boxes.expected, news));
  tasks.spawn(take_traffic(**listener, desk, boxes.traffic));
  tasks.spawn(take_keys(**listener, boxes.keys));
  tasks.spawn(take_certificates(env, **lines, boxes.certificates));
  tasks.spawn(take_pings(**listener, boxes.pings));
  if (adapter) {
    adapter->run_in(tasks);
    tasks.spawn(report_segments(env, *adapter, news));
  }
  co_await stop.requested();
  (*listener)->shutdown();
  co_await tasks.stop();
  co_await (*lines)->stop();
}

}  // namespace

base::Result<std::unique_ptr<HeartbeatRiver>> HeartbeatRiver::start(env::Log& log, HeartbeatPlan plan, NewsBox& news,
                                                                    Numbers ask_durable) {
  plan.listener.ask_durable = [ask_durable](std::uint64_t number) mutable { ask_durable.post(number); };
  auto loop = River::create(log, plan.loop);
  if (!loop) return loop.error();
  std::unique_ptr<HeartbeatRiver> river(new HeartbeatRiver(std::move(*loop), news));
  HeartbeatRiver* self = river.get();
  river->river_->start("heartbeat", [self, &news, plan = std::move(plan)](env::Env env, StopRequest& stop) {
    const Boxes boxes{self->durable_, self->expected_, self->keys_, self->certificates_, self->pings_, self->traffic_};
    return heartbeat_main(env, stop, plan, news, self->sink_, boxes);
  });
  return river;
}

HeartbeatRiver::HeartbeatRiver(std::unique_ptr<River> river, NewsBox& news)
    : sink_(news),
      river_(std::move(river)),
      durable_(river_->executor(), kWaitingNumbers),
      expected_(river_->executor(), kWaitingExpectations),
      keys_(river_->executor(), kWaitingKeys),
      certificates_(river_->executor(), kWaitingCertificates),
      pings_(river_->executor(), kWaitingPings),
      traffic_(river_->executor(), kWaitingTraffic) {}

}  // namespace holter::app

#include "app/heartbeat_river.h"

#include "app/figures.h"

namespace holter::app {
namespace {

constexpr std::size_t kWaitingExpectations = 16;
constexpr std::size_t kWaitingKeys = 16;
constexpr base::Duration kReportEvery = base::Duration::seconds(1);
// Between two reports at least; with many sessions a report is work for the main loop.
constexpr base::Duration kReportPace = base::Duration::milliseconds(100);
constexpr std::size_t kManySessions = 1'000;
constexpr std::size_t kMostReported = 10'000;  // at a time; the next time those after them

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

env::Task<void> report(env::Env env, heartbeat::HeartbeatListener& listener, std::size_t limit, NoticingSink& sink,
                       env::Signal& noticed, NewsBox& news) {
  using boost::asio::experimental::awaitable_operators::operator||;
  base::Duration pace = kReportPace;
  std::uint64_t refused = 0;
  std::size_t first = 0;
  for (;;) {
    co_await env.clock.sleep_for(pace);
    if (pace < kReportEvery && !sink.take_changed()) {
      auto change = noticed.wait();
      auto due = env.clock.sleep_for(kReportEvery - pace);
      co_await (std::move(change) || std::move(due));
    }
    sink.take_changed();
    if (first >= listener.size()) first = 0;
    auto sessions = listener.snapshot(first, kMostReported);
    first += sessions.size();
    pace = listener.size() > kManySessions ? kReportEvery : kReportPace;
    if (!sessions.empty()) news.post(SessionNews{std::move(sessions)});
    const heartbeat::ListenerCounters counters = listener.counters();
    if (counters.table.refused_full != refused) {
      refused = counters.table.refused_full;
      news.post(ProblemNews{"sessions", refused_words(refused, limit)});
    }
    news.post(FigureNews{"pulses", pulse_figures(counters)});
  }
}

env::Task<void> report_segments(env::Env env, const compat::HeartbeatAdapter& adapter, NewsBox& news) {
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

env::Task<void> take_expected(heartbeat::HeartbeatListener& listener, Expectations expected) {
  for (;;) {
    const auto arrived = co_await expected.receive();
    if (arrived.empty()) co_return;
    listener.set_expected(arrived.back());
  }
}

env::Task<void> take_keys(heartbeat::HeartbeatListener& listener, KeyChanges keys) {
  for (;;) {
    auto arrived = co_await keys.receive();
    if (arrived.empty()) co_return;
    listener.set_keys(heartbeat::KeyRing(arrived.back()));
  }
}

base::Result<std::unique_ptr<compat::HeartbeatAdapter>> open_adapter(env::Env env, CompatWish wish,
                                                                     heartbeat::Presence& presence) {
  auto interfaces = compat::interfaces_for_segments(env.host, wish.interface);
  if (!interfaces) return interfaces.error();
  wish.adapter.interfaces = *interfaces;
  const std::uint16_t port = wish.adapter.port;
  auto adapter = compat::HeartbeatAdapter::open(env, std::move(wish.adapter), presence);
  if (!adapter) return adapter.error();
  for (const std::string& interface : *interfaces) {
    env.log.info("heartbeat", "listening for clients of the heartbeats ancestor",
                 {{"interface", base::UntrustedText(interface)}, {"port", port}});
  }
  return adapter;
}

// Nothing when clients of the ancestor are not wanted, or cannot be heard: then it is said.
std::unique_ptr<compat::HeartbeatAdapter> hear_ancestors(env::Env env, const CompatWish& wish,
                                                         heartbeat::Presence& presence, NewsBox& news) {
  if (!wish.enabled) return nullptr;
  auto adapter =
      wish.refusal.empty() ? open_adapter(env, wish, presence) : base::Error{base::ErrorKind::permission, wish.refusal};
  if (adapter) return std::move(*adapter);
  env.log.warn("heartbeat", "clients of the heartbeats ancestor are not heard", {{"why", adapter.error().message}});
  news.post(ProblemNews{"compat", "clients of the heartbeats ancestor are not heard: " + adapter.error().message});
  return nullptr;
}

// What the listener knows before it hears anything.
struct Knowledge {
  std::vector<heartbeat::ExpectedSession> expected;
  std::vector<record::PulseChange> known;
};

env::Task<void> heartbeat_main(env::Env env, StopRequest& stop, heartbeat::ListenerOptions options, CompatWish compat,
                               Knowledge knowledge, NewsBox& news, NewsSink& sink, Numbers durable,
                               Expectations expected, KeyChanges keys) {
  env::Signal noticed(env.executor);
  NoticingSink noticing(sink, noticed);
  const std::size_t limit = options.table.limit;
  auto listener = heartbeat::HeartbeatListener::open(env, std::move(options), noticing);
  if (!listener) {
    news.post(StartNews{"heartbeat", listener.error().message, true});
    co_return;
  }
  (*listener)->set_expected(knowledge.expected);
  (*listener)->restore(knowledge.known);
  news.post(StartNews{"heartbeat", words((*listener)->endpoints()), false});
  const auto adapter = hear_ancestors(env, compat, **listener, news);
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  tasks.spawn(report(env, **listener, limit, noticing, noticed, news));
  if (adapter) {
    adapter->run_in(tasks);
    tasks.spawn(report_segments(env, *adapter, news));
  }
  tasks.spawn(take_durable(**listener, durable));
  tasks.spawn(take_expected(**listener, expected));
  tasks.spawn(take_keys(**listener, keys));
  co_await stop.requested();
  (*listener)->shutdown();
  co_await tasks.stop();
}

}  // namespace

base::Result<std::unique_ptr<HeartbeatRiver>> HeartbeatRiver::start(env::Log& log, env_linux::LoopOptions loop_options,
                                                                    heartbeat::ListenerOptions options,
                                                                    CompatWish compat,
                                                                    std::vector<heartbeat::ExpectedSession> expected,
                                                                    std::vector<record::PulseChange> known,
                                                                    NewsBox& news, Numbers ask_durable) {
  options.ask_durable = [ask_durable](std::uint64_t number) mutable { ask_durable.post(number); };
  auto loop = River::create(log, std::move(loop_options));
  if (!loop) return loop.error();
  std::unique_ptr<HeartbeatRiver> river(new HeartbeatRiver(std::move(*loop), news));
  const Knowledge knowledge{std::move(expected), std::move(known)};
  HeartbeatRiver* self = river.get();
  river->river_->start("heartbeat", [self, &news, options, compat, knowledge](env::Env env, StopRequest& stop) {
    return heartbeat_main(env, stop, options, compat, knowledge, news, self->sink_, self->durable_, self->expected_,
                          self->keys_);
  });
  return river;
}

HeartbeatRiver::HeartbeatRiver(std::unique_ptr<River> river, NewsBox& news)
    : sink_(news),
      river_(std::move(river)),
      durable_(river_->executor(), kWaitingNumbers),
      expected_(river_->executor(), kWaitingExpectations),
      keys_(river_->executor(), kWaitingKeys) {}

heartbeat::ListenerOptions listener_options(const config::Settings& all) {
  const config::HeartbeatSettings& settings = all.heartbeat;
  heartbeat::ListenerOptions options;
  options.endpoints = settings.listen;
  options.table.limit = settings.limit;
  options.gate.unauthenticated = settings.unauthenticated;
  options.table.detector.asks = static_cast<std::uint8_t>(settings.asks);
  options.table.detector.ask_spacing = settings.ask_interval;
  options.table.detector.unannounced_silence = settings.silence;
  const config::CompatHeartbeatSettings& ancestors = all.compat_heartbeats;
  options.table.segments =
      heartbeat::DetectorOptions{static_cast<std::uint8_t>(ancestors.pulses), compat::kPulseSpacing, ancestors.timeout};
  return options;
}

CompatWish compat_wish(const config::CompatHeartbeatSettings& settings, const std::string& no_broker) {
  CompatWish wish;
  wish.refusal = no_broker;
  wish.enabled = settings.enabled;
  wish.interface = settings.interface;
  wish.adapter.port = static_cast<std::uint16_t>(settings.port);
  wish.adapter.reply_port = static_cast<std::uint16_t>(settings.reply_port);
  return wish;
}

std::vector<heartbeat::ExpectedSession> expected_sessions(const config::Settings& settings) {
  std::vector<heartbeat::ExpectedSession> expected;
  for (const auto& session : settings.sessions) {
    const auto asks = session.asks ? std::optional(static_cast<std::uint8_t>(*session.asks)) : std::nullopt;
    expected.push_back({session.name, session.interval, session.detect_multiplier, asks, session.ask_interval});
  }
  return expected;
}

}  // namespace holter::app

#include "app/heartbeat_river.h"

#include "app/figures.h"

namespace holter::app {
namespace {

constexpr base::Duration kReportEvery = base::Duration::seconds(1);
// Between two reports at least; with many sessions a report is work for the main loop.
constexpr base::Duration kReportPace = base::Duration::milliseconds(100);
constexpr std::size_t kManySessions = 1'000;

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
  for (;;) {
    co_await env.clock.sleep_for(pace);
    if (pace < kReportEvery && !sink.take_changed()) {
      auto change = noticed.wait();
      auto due = env.clock.sleep_for(kReportEvery - pace);
      co_await (std::move(change) || std::move(due));
    }
    sink.take_changed();
    auto sessions = listener.snapshot();
    pace = sessions.size() > kManySessions ? kReportEvery : kReportPace;
    if (!sessions.empty()) news.post(SessionNews{std::move(sessions)});
    const heartbeat::ListenerCounters counters = listener.counters();
    if (counters.table.refused_full != refused) {
      refused = counters.table.refused_full;
      news.post(ProblemNews{"sessions", refused_words(refused, limit)});
    }
    news.post(FigureNews{"pulses", pulse_figures(counters)});
  }
}

env::Task<void> take_durable(heartbeat::HeartbeatListener& listener, Numbers durable) {
  for (;;) {
    const auto numbers = co_await durable.receive();
    if (numbers.empty()) co_return;
    for (const std::uint64_t number : numbers) listener.durable(number);
  }
}

env::Task<void> heartbeat_main(env::Env env, StopRequest& stop, heartbeat::ListenerOptions options,
                               std::vector<record::PulseChange> known, NewsBox& news, NewsSink& sink, Numbers durable) {
  env::Signal noticed(env.executor);
  NoticingSink noticing(sink, noticed);
  const std::size_t limit = options.table.limit;
  auto listener = heartbeat::HeartbeatListener::open(env, std::move(options), noticing);
  if (!listener) {
    news.post(StartNews{"heartbeat", listener.error().message, true});
    co_return;
  }
  (*listener)->restore(known);
  news.post(StartNews{"heartbeat", words((*listener)->endpoints()), false});
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  tasks.spawn(report(env, **listener, limit, noticing, noticed, news));
  tasks.spawn(take_durable(**listener, durable));
  co_await stop.requested();
  (*listener)->shutdown();
  co_await tasks.stop();
}

}  // namespace

base::Result<std::unique_ptr<HeartbeatRiver>> HeartbeatRiver::start(env::Log& log, heartbeat::ListenerOptions options,
                                                                    std::vector<record::PulseChange> known,
                                                                    NewsBox& news, Numbers ask_durable) {
  options.ask_durable = [ask_durable](std::uint64_t number) mutable { ask_durable.post(number); };
  auto river = River::create(log, {});
  if (!river) return river.error();
  return std::unique_ptr<HeartbeatRiver>(
      new HeartbeatRiver(std::move(*river), std::move(options), std::move(known), news));
}

HeartbeatRiver::HeartbeatRiver(std::unique_ptr<River> river, heartbeat::ListenerOptions options,
                               std::vector<record::PulseChange> known, NewsBox& news)
    : sink_(news), river_(std::move(river)), durable_(river_->executor(), kWaitingNumbers) {
  river_->start("heartbeat", [this, &news, options, known](env::Env env, StopRequest& stop) {
    return heartbeat_main(env, stop, options, known, news, sink_, durable_);
  });
}

}  // namespace holter::app

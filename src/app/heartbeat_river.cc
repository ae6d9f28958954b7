#include "app/heartbeat_river.h"

#include "app/figures.h"

namespace holter::app {
namespace {

constexpr base::Duration kReportEvery = base::Duration::seconds(1);

std::string words(const std::vector<base::Endpoint>& endpoints) {
  std::string text;
  for (const auto& endpoint : endpoints) text += (text.empty() ? "" : ", ") + to_string(endpoint);
  return text;
}

std::string refused_words(std::uint64_t refused, std::size_t limit) {
  return std::to_string(refused) + " pulses of new sessions were refused: there are " + std::to_string(limit) +
         " sessions already, which is the most";
}

env::Task<void> report(env::Env env, heartbeat::HeartbeatListener& listener, std::size_t limit, NewsBox& news) {
  std::uint64_t refused = 0;
  for (;;) {
    co_await env.clock.sleep_for(kReportEvery);
    auto sessions = listener.snapshot();
    if (!sessions.empty()) news.post(SessionNews{std::move(sessions)});
    const heartbeat::ListenerCounters counters = listener.counters();
    if (counters.table.refused_full != refused) {
      refused = counters.table.refused_full;
      news.post(ProblemNews{"sessions", refused_words(refused, limit)});
    }
    news.post(FigureNews{"pulses", pulse_figures(counters)});
  }
}

env::Task<void> heartbeat_main(env::Env env, StopRequest& stop, heartbeat::ListenerOptions options,
                               std::vector<record::PulseChange> known, NewsBox& news, NewsSink& sink) {
  const std::size_t limit = options.table.limit;
  auto listener = heartbeat::HeartbeatListener::open(env, std::move(options), sink);
  if (!listener) {
    news.post(StartNews{"heartbeat", listener.error().message, true});
    co_return;
  }
  (*listener)->restore(known);
  news.post(StartNews{"heartbeat", words((*listener)->endpoints()), false});
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  tasks.spawn(report(env, **listener, limit, news));
  co_await stop.requested();
  (*listener)->shutdown();
  co_await tasks.stop();
}

}  // namespace

base::Result<std::unique_ptr<HeartbeatRiver>> HeartbeatRiver::start(env::Log& log, heartbeat::ListenerOptions options,
                                                                    std::vector<record::PulseChange> known,
                                                                    NewsBox& news) {
  auto river = River::create(log, {});
  if (!river) return river.error();
  return std::unique_ptr<HeartbeatRiver>(
      new HeartbeatRiver(std::move(*river), std::move(options), std::move(known), news));
}

HeartbeatRiver::HeartbeatRiver(std::unique_ptr<River> river, heartbeat::ListenerOptions options,
                               std::vector<record::PulseChange> known, NewsBox& news)
    : sink_(news), river_(std::move(river)) {
  river_->start("heartbeat", [this, &news, options, known](env::Env env, StopRequest& stop) {
    return heartbeat_main(env, stop, options, known, news, sink_);
  });
}

}  // namespace holter::app

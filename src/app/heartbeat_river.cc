#include "app/heartbeat_river.h"

namespace holter::app {
namespace {

constexpr base::Duration kReportEvery = base::Duration::seconds(1);

std::string words(const std::vector<base::Endpoint>& endpoints) {
  std::string text;
  for (const auto& endpoint : endpoints) text += (text.empty() ? "" : ", ") + to_string(endpoint);
  return text;
}

env::Task<void> report(env::Env env, heartbeat::HeartbeatListener& listener, NewsBox& news) {
  for (;;) {
    co_await env.clock.sleep_for(kReportEvery);
    auto sessions = listener.snapshot();
    if (!sessions.empty()) news.post(SessionNews{std::move(sessions)});
  }
}

env::Task<void> heartbeat_main(env::Env env, StopRequest& stop, heartbeat::ListenerOptions options,
                               std::vector<record::PulseChange> known, NewsBox& news, NewsSink& sink) {
  auto listener = heartbeat::HeartbeatListener::open(env, std::move(options), sink);
  if (!listener) {
    news.post(StartNews{"heartbeat", listener.error().message, true});
    co_return;
  }
  (*listener)->restore(known);
  news.post(StartNews{"heartbeat", words((*listener)->endpoints()), false});
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  tasks.spawn(report(env, **listener, news));
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

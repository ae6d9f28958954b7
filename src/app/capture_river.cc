#include "app/capture_river.h"

#include "capture/capture_task.h"

namespace holter::app {
namespace {

std::string word(capture::CaptureState state) {
  switch (state) {
    case capture::CaptureState::waiting: return "waiting";
    case capture::CaptureState::capturing: return "capturing";
    case capture::CaptureState::off: return "off";
  }
  return "off";
}

// Passes a snapshot on: its state when it is another than before, and who talks most when that has moved.
class Announcer {
 public:
  Announcer(NewsBox& news, std::optional<TrafficBox> traffic) : news_(news), traffic_(std::move(traffic)) {}

  void operator()(const capture::CaptureSnapshot& snapshot) {
    tell_hearing(snapshot);
    if (snapshot.top != top_) {
      top_ = snapshot.top;
      news_.post(ConversationNews{top_});
    }
    if (interface_ == snapshot.interface && state_ == snapshot.state && why_ == snapshot.why) return;
    interface_ = snapshot.interface;
    state_ = snapshot.state;
    why_ = snapshot.why;
    news_.post(CaptureNews{snapshot.interface, word(state_), why_});
  }

 private:
  // Again with the next snapshot, when there was no room.
  void tell_hearing(const capture::CaptureSnapshot& snapshot) {
    const auto hearing = hearing_of(snapshot);
    if (!traffic_ || !hearing || hearing == hearing_) return;
    if (traffic_->post({hearing, {}})) hearing_ = hearing;
  }

  NewsBox& news_;
  std::optional<TrafficBox> traffic_;
  std::optional<heartbeat::Hearing> hearing_;
  std::string interface_;
  capture::CaptureState state_ = capture::CaptureState::waiting;
  std::string why_;
  std::vector<record::FlowRecord> top_;
};

constexpr std::size_t kWaitingFilters = 16;
constexpr std::size_t kWaitingAwaited = 16;
constexpr std::size_t kWaitingMonitored = 16;

using Filters = env::Mailbox<filter::CaptureFilter>;
using Awaited = env::Mailbox<std::vector<capture::AwaitedHost>>;
using Monitored = env::Mailbox<std::vector<base::IpAddress>>;

env::Task<void> take_filters(capture::CaptureTask& capture, Filters& filters) {
  for (;;) {
    auto arrived = co_await filters.receive();
    if (arrived.empty()) co_return;
    capture.set_filter(arrived.back());
  }
}

env::Task<void> take_awaited(capture::CaptureTask& capture, Awaited& awaited) {
  for (;;) {
    const auto arrived = co_await awaited.receive();
    if (arrived.empty()) co_return;
    capture.await_hosts(arrived.back());
  }
}

env::Task<void> take_monitored(capture::CaptureTask& capture, Monitored& monitored) {
  for (;;) {
    const auto arrived = co_await monitored.receive();
    if (arrived.empty()) co_return;
    capture.set_monitored(arrived.back());
  }
}

env::Task<void> capture_main(env::Env env, StopRequest& stop, CapturePlan plan, NewsBox& news, NewsSink& sink,
                             Filters& filters, Awaited& awaited, Monitored& monitored) {
  capture::CaptureOptions options;
  options.interface = plan.interface;
  options.promiscuous = plan.promiscuous;
  options.recorded = plan.recorded;
  options.filter = std::move(plan.filter);
  options.recorder = plan.recorder;
  capture::CaptureTask capture(env, options, sink, Announcer(news, plan.traffic));
  for (const std::uint16_t port : plan.own_tcp_ports) capture.exclusions().add_tcp_port(port);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(take_filters(capture, filters));
  tasks.spawn(take_monitored(capture, monitored));
  if (plan.traffic) {
    capture.await_hosts(plan.awaited);
    tasks.spawn(take_awaited(capture, awaited));
    tasks.spawn(capture.tell_heard([traffic = *plan.traffic](const std::vector<base::IpAddress>& heard) mutable {
      return traffic.post({{}, heard}, kWaitingSigns);
    }));
  }
  tasks.spawn(capture.run());
  co_await stop.requested();
  co_await tasks.stop();
  capture.finish();
}

}  // namespace

base::Result<std::unique_ptr<CaptureRiver>> CaptureRiver::start(env::Log& log, env_linux::LoopOptions options,
                                                                CapturePlan plan, NewsBox& news) {
  auto river = River::create(log, std::move(options));
  if (!river) return river.error();
  return std::unique_ptr<CaptureRiver>(new CaptureRiver(std::move(*river), std::move(plan), news));
}

CaptureRiver::CaptureRiver(std::unique_ptr<River> river, CapturePlan plan, NewsBox& news)
    : sink_(news),
      river_(std::move(river)),
      filters_(river_->executor(), kWaitingFilters),
      awaited_(river_->executor(), kWaitingAwaited),
      monitored_(river_->executor(), kWaitingMonitored) {
  river_->start("capture", [this, &news, plan](env::Env env, StopRequest& stop) {
    return capture_main(env, stop, plan, news, sink_, filters_, awaited_, monitored_);
  });
}

filter::CaptureFilter capture_filter(const config::Settings& settings) {
  filter::CaptureFilter out;
  if (auto keep = filter::PacketFilter::compile(settings.capture.keep)) out.keep = std::move(*keep);
  for (const std::string& text : settings.capture.drop) {
    if (auto drop = filter::PacketFilter::compile(text)) out.drops.push_back(std::move(*drop));
  }
  return out;
}

namespace {

capture::Recorded recorded(const config::CaptureSettings& settings) {
  const bool packets = settings.recorded == config::Recorded::packets;
  return {.packets_per_second = packets ? settings.packets_per_second : 0,
          .flows = settings.recorded != config::Recorded::off,
          .export_interval = settings.export_interval};
}

}  // namespace

CapturePlan capture_plan(const RunOptions& options, const HostFacts& facts) {
  CapturePlan plan;
  plan.interface = !options.settings.capture.interface.empty()         ? options.settings.capture.interface
                   : facts.default_interface.empty() ? "lo"
                                                     : facts.default_interface;
  plan.filter = capture_filter(options.settings);
  plan.promiscuous = options.settings.capture.promiscuous;
  plan.recorded = recorded(options.settings.capture);
  if (!options.settings.capture.enabled) plan.off = "switched off by capture.enabled";
  plan.awaited = awaited_hosts(options.settings);
  plan.own_tcp_ports = {options.role == Role::agent ? options.settings.agent_hub_port() : options.settings.http.port};
  return plan;
}

std::unique_ptr<CaptureRiver> start_capture(Ground& ground, CapturePlan plan, NewsBox& news) {
  std::string why = plan.off;
  if (why.empty() && ground.broker == nullptr) why = ground.no_broker;
  if (why.empty()) {
    auto river = CaptureRiver::start(*ground.log, ground.loop_options(), plan, news);
    if (river) return std::move(*river);
    why = river.error().message;
  }
  news.post(CaptureNews{plan.interface, "off", why});
  if (plan.traffic) plan.traffic->post({deaf(plan.interface, why), {}});
  return nullptr;
}

}  // namespace holter::app

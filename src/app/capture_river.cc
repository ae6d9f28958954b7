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

// Passes a snapshot on: its state when it is another than before, and who talks most when that has moved. Of an
// interface its first worker speaks.
class Announcer {
 public:
  Announcer(NewsBox& news, std::optional<TrafficBox> traffic, const CaptureSeat& seat)
      : news_(news), traffic_(std::move(traffic)), number_(seat.interface_number), speaks_(seat.worker == 0) {}

  void operator()(const capture::CaptureSnapshot& snapshot) {
    if (snapshot.top != top_) {
      top_ = snapshot.top;
      news_.post(ConversationNews{top_});
    }
    if (!speaks_) return;
    tell_hearing(snapshot);
    if (interface_ == snapshot.interface && state_ == snapshot.state && why_ == snapshot.why) return;
    interface_ = snapshot.interface;
    state_ = snapshot.state;
    why_ = snapshot.why;
    news_.post(CaptureNews{snapshot.interface, word(state_), why_, number_});
  }

 private:
  // Again with the next snapshot, when there was no room.
  void tell_hearing(const capture::CaptureSnapshot& snapshot) {
    const auto hearing = hearing_of(snapshot);
    if (!traffic_ || !hearing || hearing == hearing_) return;
    if (traffic_->post({number_, hearing})) hearing_ = hearing;
  }

  NewsBox& news_;
  std::optional<TrafficBox> traffic_;
  std::size_t number_;
  bool speaks_;
  std::optional<heartbeat::Hearing> hearing_;
  std::string interface_;
  capture::CaptureState state_ = capture::CaptureState::waiting;
  std::string why_;
  std::vector<record::FlowRecord> top_;
};

constexpr std::size_t kWaitingFilters = 16;
constexpr std::size_t kWaitingAwaited = 16;
constexpr std::size_t kWaitingMonitored = 16;
constexpr std::size_t kWaitingCrews = 16;

using Boxes = CaptureRiver::Boxes;

// The newest of what arrives, as long as something does.
template <class T, class Use>
env::Task<void> take_newest(env::Mailbox<T> box, Use use) {
  for (;;) {
    auto arrived = co_await box.receive();
    if (arrived.empty()) co_return;
    use(std::move(arrived.back()));
  }
}

capture::CaptureOptions options_of(const CapturePlan& plan, const CaptureSeat& seat) {
  capture::CaptureOptions options;
  options.interface = seat.interface;
  options.worker = seat.worker;
  options.promiscuous = plan.promiscuous;
  options.recorded = plan.recorded;
  options.recorded.packets_per_second = (plan.recorded.packets_per_second + seat.workers - 1) / seat.workers;
  options.filter = plan.filter;
  options.recorder = seat.recorder;
  if (seat.next) options.pass_on = [next = *seat.next](const capture::Crew& crew) mutable { next.post(crew); };
  return options;
}

env::Task<void> capture_main(env::Env env, StopRequest& stop, CapturePlan plan, CaptureSeat seat, NewsBox& news,
                             NewsSink& sink, Boxes& boxes) {
  capture::CaptureOptions options = options_of(plan, seat);
  options.own = boxes.own;
  capture::CaptureTask capture(env, std::move(options), sink, Announcer(news, plan.traffic, seat));
  if (plan.sightings) {
    capture.watch_probes(
        {[announced = boxes.announced](std::vector<record::AwaitedPackets>& into) mutable { announced.take(into); },
         [sightings = *plan.sightings](record::ProbeSightings seen) mutable { sightings.post(std::move(seen)); }});
  }
  env::TaskGroup tasks(env.executor);
  tasks.spawn(take_newest(boxes.crew, [&capture](capture::Crew crew) { capture.join(std::move(crew)); }));
  tasks.spawn(take_newest(boxes.filters, [&capture](const auto& filter) { capture.set_filter(filter); }));
  tasks.spawn(take_newest(boxes.monitored, [&capture](const auto& hosts) { capture.set_monitored(hosts); }));
  if (plan.traffic) {
    capture.await_hosts(plan.awaited);
    tasks.spawn(take_newest(boxes.awaited, [&capture](const auto& hosts) { capture.await_hosts(hosts); }));
    tasks.spawn(capture.tell_heard([traffic = *plan.traffic, seat](const std::vector<base::IpAddress>& heard) mutable {
      return traffic.post({seat.interface_number, {}, heard}, kWaitingSigns);
    }));
  }
  tasks.spawn(capture.run());
  co_await stop.requested();
  co_await tasks.stop();
  capture.finish();
}

}  // namespace

CaptureRiver::Boxes::Boxes(const boost::asio::any_io_executor& executor, capture::OwnTraffic* own_traffic)
    : filters(executor, kWaitingFilters),
      awaited(executor, kWaitingAwaited),
      monitored(executor, kWaitingMonitored),
      crew(executor, kWaitingCrews),
      own(own_traffic != nullptr ? own_traffic->feed() : nullptr) {}

base::Result<std::unique_ptr<CaptureRiver>> CaptureRiver::start(env::Log& log, env_linux::LoopOptions options,
                                                                const CapturePlan& plan, CaptureSeat seat,
                                                                NewsBox& news) {
  auto river = River::create(log, std::move(options));
  if (!river) return river.error();
  return std::unique_ptr<CaptureRiver>(new CaptureRiver(std::move(*river), plan, std::move(seat), news));
}

CaptureRiver::CaptureRiver(std::unique_ptr<River> river, const CapturePlan& plan, CaptureSeat seat, NewsBox& news)
    : sink_(news), river_(std::move(river)), boxes_(river_->executor(), plan.own) {
  river_->start("capture", [this, &news, plan, seat](env::Env env, StopRequest& stop) {
    return capture_main(env, stop, plan, seat, news, sink_, boxes_);
  });
}

}  // namespace holter::app

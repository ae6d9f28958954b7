#include "app/captures.h"

#include <algorithm>

namespace holter::app {
namespace {

constexpr base::Duration kMonitoredEvery = base::Duration::seconds(1);

}  // namespace

base::Result<std::unique_ptr<Captures>> Captures::start(env::Log& log, const env_linux::LoopOptions& options,
                                                        const CapturePlan& plan, NewsBox& news) {
  auto captures = std::make_unique<Captures>();
  auto& rivers = captures->rivers_;
  for (std::size_t number = 0; number < plan.interfaces.size(); ++number) {
    CaptureSeat seat{plan.interfaces[number], number, 0, plan.workers};
    const auto first = static_cast<std::ptrdiff_t>(rivers.size());
    // The last begins: each needs to know the one behind it.
    for (unsigned worker = plan.workers; worker-- > 0;) {
      seat.worker = worker;
      const std::size_t recorder = number * plan.workers + worker;
      if (recorder < plan.recorders.size()) seat.recorder = plan.recorders[recorder];
      auto river = CaptureRiver::start(log, options, plan, seat, news);
      if (!river) return river.error();
      seat.next = (*river)->crew();
      rivers.insert(rivers.begin() + first, std::move(*river));
    }
  }
  return captures;
}

Captures::~Captures() {
  for (auto& river : rivers_) river.reset();
}

void Captures::set_filter(const filter::CaptureFilter& filter) {
  for (auto& river : rivers_) river->set_filter(filter);
}

void Captures::await_hosts(const std::vector<capture::AwaitedHost>& hosts) {
  for (auto& river : rivers_) river->await_hosts(hosts);
}

void Captures::set_monitored(const std::vector<base::IpAddress>& hosts) {
  for (auto& river : rivers_) river->set_monitored(hosts);
}

std::vector<AnnouncementBox> Captures::announcements() const {
  std::vector<AnnouncementBox> boxes;
  for (const auto& river : rivers_) boxes.push_back(river->announcements());
  return boxes;
}

std::unique_ptr<Captures> start_captures(Ground& ground, const CapturePlan& plan, NewsBox& news) {
  std::string why = plan.off;
  if (why.empty() && ground.broker == nullptr) why = ground.no_broker;
  if (why.empty()) {
    auto captures = Captures::start(*ground.log, ground.loop_options(), plan, news);
    if (captures) return std::move(*captures);
    why = captures.error().message;
  }
  for (std::size_t number = 0; number < plan.interfaces.size(); ++number) {
    news.post(CaptureNews{plan.interfaces[number], "off", why, number});
    if (plan.traffic) TrafficBox(*plan.traffic).post({number, deaf(plan.interfaces[number], why)});
  }
  return nullptr;
}

env::Task<void> follow_monitored(env::Env env, MonitoredHosts& monitored, const std::unique_ptr<Captures>& captures) {
  for (;;) {
    co_await env.clock.sleep_for(kMonitoredEvery);
    if (captures && monitored.take_changed()) captures->set_monitored(monitored.hosts());
  }
}

}  // namespace holter::app

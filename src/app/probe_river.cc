#include "app/probe_river.h"

#include "probe/policed.h"
#include "probe/runner.h"

namespace holter::app {
namespace {

constexpr std::size_t kWaitingPlans = 16;
constexpr std::size_t kWaitingListeners = 16;

env::Task<void> take_plans(probe::Runner& runner, env::Mailbox<record::Plan>& plans) {
  for (;;) {
    const auto arrived = co_await plans.receive();
    if (arrived.empty()) co_return;
    runner.set_plan(arrived.back());
  }
}

env::Task<void> carry_out(env::Env env, probe::Runner& runner, ProbeOrder order, ProbeReports reports) {
  const auto expectations = probe::Expectations::compile(order.plan.expect).value();
  auto probing = runner.probers().probe(order.plan, expectations);
  auto result = co_await std::move(probing);
  const base::Duration took = env.clock.now() - result.started_instant;
  reports.post({order.number, std::move(result), took});
}

env::Task<void> take_orders(env::Env env, probe::Runner& runner, env::Mailbox<ProbeOrder>& orders, ProbeReports reports,
                            env::TaskGroup& ordered) {
  for (;;) {
    auto arrived = co_await orders.receive();
    if (arrived.empty()) co_return;
    for (auto& order : arrived) ordered.spawn(carry_out(env, runner, std::move(order), reports));
  }
}

env::Task<void> take_listeners(probe::Announcer& announcer, env::Mailbox<std::vector<AnnouncementBox>>& listeners) {
  for (;;) {
    auto arrived = co_await listeners.receive();
    if (arrived.empty()) co_return;
    auto& boxes = arrived.back();
    if (boxes.empty()) {
      announcer.set_listener({});
      continue;
    }
    announcer.set_listener([boxes = std::move(boxes)](const record::AwaitedPackets& awaited) mutable {
      for (auto& box : boxes) box.post(awaited);
    });
  }
}

env::Task<void> take_sightings(probe::Runner& runner, SightingBox& sightings) {
  for (;;) {
    const auto arrived = co_await sightings.receive();
    if (arrived.empty()) co_return;
    for (const auto& each : arrived) runner.see(each);
  }
}

// The ways into the river.
struct Ways {
  env::Mailbox<record::Plan>& plans;
  env::Mailbox<ProbeOrder>& orders;
  env::Mailbox<std::vector<AnnouncementBox>>& listeners;
  SightingBox& sightings;
};

env::Task<void> probe_main(env::Env env, StopRequest& stop, probe::Policy policy, NewsBox& news, NewsSink& sink,
                           Ways ways, std::optional<ProbeReports> reports) {
  probe::PolicedWorld policed(env, policy);
  probe::Runner runner(policed.env(), sink);
  const std::string sockets = runner.echo().describe();
  news.post(StartNews{"probe", sockets, sockets.starts_with("none")});
  env::TaskGroup ordered(env.executor);
  env::TaskGroup tasks(env.executor);
  tasks.spawn(take_plans(runner, ways.plans));
  tasks.spawn(take_listeners(runner.probers().announcer(), ways.listeners));
  tasks.spawn(take_sightings(runner, ways.sightings));
  tasks.spawn(runner.run());
  if (reports) tasks.spawn(take_orders(env, runner, ways.orders, *reports, ordered));
  co_await stop.requested();
  co_await tasks.stop();
  co_await ordered.stop();
  co_await runner.stop();
}

}  // namespace

base::Result<std::unique_ptr<ProbeRiver>> ProbeRiver::start(env::Log& log, env_linux::LoopOptions options,
                                                            probe::Policy policy, NewsBox& news,
                                                            std::optional<ProbeReports> reports) {
  auto river = River::create(log, std::move(options));
  if (!river) return river.error();
  return std::unique_ptr<ProbeRiver>(new ProbeRiver(std::move(*river), std::move(policy), news, std::move(reports)));
}

ProbeRiver::ProbeRiver(std::unique_ptr<River> river, probe::Policy policy, NewsBox& news,
                       std::optional<ProbeReports> reports)
    : sink_(news),
      river_(std::move(river)),
      plans_(river_->executor(), kWaitingPlans),
      orders_(river_->executor(), ProbeRequests::kMostAtOnce),
      listeners_(river_->executor(), kWaitingListeners),
      sightings_(river_->executor(), kWaitingSightings),
      reports_(std::move(reports)) {
  river_->start("probe", [this, &news, policy = std::move(policy)](env::Env env, StopRequest& stop) {
    return probe_main(env, stop, policy, news, sink_, {plans_, orders_, listeners_, sightings_}, reports_);
  });
}

}  // namespace holter::app

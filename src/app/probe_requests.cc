#include "app/probe_requests.h"

namespace holter::app {
namespace {

// Beyond the probe's own deadline: the river has other work too.
constexpr base::Duration kPatience = base::Duration::seconds(2);

env::Task<base::Result<ProbeReport>> report_in(std::shared_ptr<std::optional<ProbeReport>> slot,
                                               env::Signal& reported) {
  while (!slot->has_value()) co_await reported.wait();
  co_return std::move(**slot);
}

}  // namespace

ProbeRequests::ProbeRequests(env::Env env, std::function<bool(ProbeOrder)> order)
    : env_(env), order_(std::move(order)), reports_(env.executor, kMostAtOnce), reported_(env.executor) {}

env::Task<base::Result<api::ProbeAnswer>> ProbeRequests::ask(record::ProbePlan plan) {
  if (on_their_way_.size() >= kMostAtOnce) {
    co_return base::Error{base::ErrorKind::full, "50 probes are being asked for already; ask again later"};
  }
  const base::Instant deadline = env_.clock.now() + plan.timeout + kPatience;
  const std::uint64_t number = ++last_number_;
  if (!order_({number, std::move(plan)})) {
    co_return base::Error{base::ErrorKind::unsupported, "this holter sends no probes"};
  }
  const auto slot = std::make_shared<std::optional<ProbeReport>>();
  on_their_way_[number] = slot;
  auto waiting = report_in(slot, reported_);
  auto report = co_await env::with_deadline<ProbeReport>(env_.clock, deadline, std::move(waiting));
  if (!report) co_return report.error();
  co_return api::ProbeAnswer{std::move(report->result), report->took};
}

env::Task<void> ProbeRequests::take_reports() {
  for (;;) {
    auto arrived = co_await reports_.receive();
    if (arrived.empty()) co_return;
    for (auto& report : arrived) {
      const auto found = on_their_way_.find(report.number);
      if (found == on_their_way_.end()) continue;
      *found->second = std::move(report);
      on_their_way_.erase(found);
    }
    reported_.notify();
  }
}

}  // namespace holter::app

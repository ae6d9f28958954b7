// ProbeRequests is the way of a probe that is asked for now (GET /probe) from the main loop to the probe river and
// back: an order there, a report here, both by bounded boxes. At most kMostAtOnce are on their way, whoever still waits
// for them. Main loop.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "api/probe_desk.h"
#include "env/mailbox.h"

namespace holter::app {

struct ProbeReport {
  std::uint64_t number = 0;
  record::ProbeResult result;
  base::Duration took;
};
using ProbeReports = env::Mailbox<ProbeReport>;

struct ProbeOrder {
  std::uint64_t number = 0;
  record::ProbePlan plan;  // without a mistake
};

class ProbeRequests {
 public:
  static constexpr std::size_t kMostAtOnce = 50;

  // `order` hands an order over; false when nobody takes any.
  ProbeRequests(env::Env env, std::function<bool(ProbeOrder)> order);

  env::Task<base::Result<api::ProbeAnswer>> ask(record::ProbePlan plan);
  // Where the river puts its reports.
  ProbeReports reports() const { return reports_; }
  // Until cancelled.
  env::Task<void> take_reports();

 private:
  using Slot = std::shared_ptr<std::optional<ProbeReport>>;

  env::Env env_;
  std::function<bool(ProbeOrder)> order_;
  ProbeReports reports_;
  env::Signal reported_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Slot> on_their_way_;
};

}  // namespace holter::app

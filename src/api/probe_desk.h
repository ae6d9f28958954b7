// ProbeDesk answers GET /probe?target=T&module=M as blackbox_exporter does: it probes the target now and tells how that
// went in its metrics. Nothing of it is recorded. A module is a way to probe: those of the configuration by name, and
// the built-in ones ("icmp", "tcp_connect", "http_2xx", "dns", ...: built_in_module()).
//
// It sends packets for whoever may ask, so it is off unless the configuration says otherwise, is behind the guard of
// the page (Host, Origin), refuses what a page of another site has a browser ask, and runs a limited number of probes
// at once: beyond it the answer is 503, and counted. One loop, that of the page.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/figures.h"
#include "env/env.h"
#include "http/router.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::api {

struct ProbeAnswer {
  record::ProbeResult result;
  base::Duration took;  // from beginning to end
};

// ErrorKind::full when there are too many already, unsupported when this holter sends no probes.
using ProbeNow = std::function<env::Task<base::Result<ProbeAnswer>>(record::ProbePlan plan)>;
// Why the plan cannot be run; empty when it can.
using FindMistake = std::function<std::optional<std::string>(const record::ProbePlan& plan)>;

// By its name; empty when there is none. Without a target.
std::optional<record::ProbePlan> built_in_module(const std::string& name);

class ProbeDesk {
 public:
  // What Prometheus will not wait for any more is kept free for the way back.
  static constexpr base::Duration kScrapeMargin = base::Duration::milliseconds(500);

  ProbeDesk(env::Env env, ProbeNow probe, FindMistake find_mistake);

  void set(bool enabled, const std::vector<record::ProbePlan>& modules);
  // On a router that this outlives.
  void add_route(http::Router& router);
  env::Task<http::Response> answer(http::Request request);
  std::vector<FigureFamily> figures() const;

 private:
  // What is to be probed, or why nothing is.
  base::Result<record::ProbePlan> plan_of(const http::Request& request) const;
  env::Task<base::Result<ProbeAnswer>> probed(record::ProbePlan plan);

  env::Env env_;
  ProbeNow probe_;
  FindMistake find_mistake_;
  bool enabled_ = false;
  std::map<std::string, record::ProbePlan> modules_;
  std::uint64_t answered_ = 0;
  std::uint64_t full_ = 0;
  std::uint64_t refused_ = 0;  // for any other reason
};

}  // namespace holter::api

#include "probe/probers.h"

#include <algorithm>

#include "base/assert.h"
#include "probe/dns.h"
#include "probe/http.h"
#include "probe/tcp.h"

namespace holter::probe {

struct Probers::Row {
  record::ProbeKind kind;
  env::Task<record::ProbeResult> (*run)(Probers& probers, record::ProbePlan plan);
};

const Probers::Row* Probers::row_of(record::ProbeKind kind) {
  using record::ProbeKind;
  using record::ProbePlan;
  static constexpr Row kRows[] = {
      {ProbeKind::icmp, [](Probers& probers, ProbePlan plan) { return probers.echo_.probe(std::move(plan)); }},
      {ProbeKind::dns, [](Probers& probers, ProbePlan plan) { return probe_dns(probers.env_, std::move(plan)); }},
      {ProbeKind::tcp, [](Probers& probers, ProbePlan plan) { return probe_tcp(probers.env_, std::move(plan)); }},
      {ProbeKind::http, [](Probers& probers, ProbePlan plan) { return probe_http(probers.env_, std::move(plan)); }},
  };
  const auto* const row = std::ranges::find(kRows, kind, &Row::kind);
  return row == std::end(kRows) ? nullptr : row;
}

bool Probers::know(record::ProbeKind kind) { return row_of(kind) != nullptr; }

env::Task<record::ProbeResult> Probers::probe(record::ProbePlan plan) {
  const Row* const row = row_of(plan.kind);
  HOLTER_ASSERT(row != nullptr);
  return row->run(*this, std::move(plan));
}

}  // namespace holter::probe

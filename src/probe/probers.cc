#include "probe/probers.h"

#include <algorithm>

#include "base/assert.h"
#include "base/url_user.h"
#include "probe/announced_world.h"
#include "probe/dns/options.h"
#include "probe/dns/prober.h"
#include "probe/http/prober.h"
#include "probe/icmp/options.h"
#include "probe/ntp/prober.h"
#include "probe/target.h"
#include "probe/tcp/prober.h"
#include "probe/trace/options.h"
#include "probe/udp/prober.h"

namespace holter::probe {

namespace {

template <const auto& kTable>
using OwnerOf = typename std::remove_cvref_t<decltype(kTable)>::value_type::Owner;

template <const auto& kTable>
std::vector<OptionWords> words_in() {
  return words_of<OwnerOf<kTable>>(kTable);
}

template <const auto& kTable>
Wrong mistake_by(const record::ProbePlan& plan) {
  const auto options = read_options<OwnerOf<kTable>>(plan.kind, kTable, plan.options);
  if (!options) return options.error().message;
  if constexpr (requires { options->mistake(); }) return options->mistake();
  if constexpr (requires { options->mistake_in(plan); }) return options->mistake_in(plan);
  return std::nullopt;
}

record::ProbeResult judged(record::ProbeResult result, const Expectations& expectations) {
  if (!expectations.none()) result = expectations.judged(std::move(result));
  result.facts = kept(std::move(result.facts));
  return result;
}

env::Task<record::ProbeResult> judged_when_it_comes(env::Task<record::ProbeResult> coming,
                                                    const Expectations& expectations) {
  co_return judged(co_await std::move(coming), expectations);
}

// Of a kind that has none beside its way.
constexpr std::array<Option<Way>, 0> kNoOptions = {};

}  // namespace

// What a run is carried out with.
struct Probers::Run {
  const env::Env& env;
  const Announced& announced;
};

struct Probers::Row {
  record::ProbeKind kind;
  env::Task<record::ProbeResult> (*run)(Probers& probers, const Run& run, record::ProbePlan plan,
                                        const Expectations& expectations);
  std::vector<OptionWords> (*options)() = words_in<kNoOptions>;
  Wrong (*mistake)(const record::ProbePlan& plan) = mistake_by<kNoOptions>;
  bool announces_itself = false;
  bool (*start)(Probers& probers, const record::ProbePlan& plan, Done done) = nullptr;
  std::optional<env::Task<record::ProbeResult>> (*change)(Probers& probers, const record::ProbePlan& plan) = nullptr;
};

const Probers::Row* Probers::row_of(record::ProbeKind kind) {
  using record::ProbeKind;
  using record::ProbePlan;
  static constexpr Row kRows[] = {
      {ProbeKind::icmp,
       [](Probers& p, const Run&, ProbePlan plan, const Expectations&) { return p.echo_.probe(std::move(plan)); },
       words_in<kEchoOptions>, mistake_by<kEchoOptions>, true,
       [](Probers& p, const ProbePlan& plan, Done done) { return p.echo_.start(plan, std::move(done)); }},
      {ProbeKind::dns,
       [](Probers& p, const Run& run, ProbePlan plan, const Expectations& e) {
         return probe_dns(run.env, p.dns_sockets_, std::move(plan), e, run.announced);
       },
       words_in<kDnsOptions>, mistake_by<kDnsOptions>},
      {ProbeKind::tcp,
       [](Probers&, const Run& run, ProbePlan plan, const Expectations& e) {
         return probe_tcp(run.env, std::move(plan), e);
       },
       words_in<kTcpOptions>, mistake_by<kTcpOptions>},
      {ProbeKind::udp,
       [](Probers&, const Run& run, ProbePlan plan, const Expectations&) {
         return probe_udp(run.env, std::move(plan));
       },
       words_in<kUdpOptions>, mistake_by<kUdpOptions>},
      {ProbeKind::http,
       [](Probers&, const Run& run, ProbePlan plan, const Expectations& e) {
         return probe_http(run.env, std::move(plan), e);
       },
       http_option_words, http_options_mistake},
      {ProbeKind::https,
       [](Probers&, const Run& run, ProbePlan plan, const Expectations& e) {
         return probe_http(run.env, std::move(plan), e);
       },
       http_option_words, http_options_mistake},
      {ProbeKind::ntp,
       [](Probers&, const Run& run, ProbePlan plan, const Expectations& e) {
         return probe_ntp(run.env, std::move(plan), e);
       },
       words_in<kNtpOptions>, mistake_by<kNtpOptions>},
      {ProbeKind::trace,
       [](Probers& p, const Run&, ProbePlan plan, const Expectations&) { return p.trace_.probe(std::move(plan)); },
       words_in<kTraceOptions>, mistake_by<kTraceOptions>, true, nullptr,
       [](Probers& p, const ProbePlan& plan) { return p.trace_.change(plan); }},
  };
  const auto* const row = std::ranges::find(kRows, kind, &Row::kind);
  return row == std::end(kRows) ? nullptr : row;
}

env::Task<void> Probers::stop() {
  co_await echo_.stop();
  co_await trace_.stop();
}

bool Probers::know(record::ProbeKind kind) { return row_of(kind) != nullptr; }

std::vector<OptionWords> Probers::options(record::ProbeKind kind) {
  const Row* const row = row_of(kind);
  HOLTER_ASSERT(row != nullptr);
  return row->options();
}

std::optional<PlanMistake> Probers::mistake_in(const record::ProbePlan& plan) {
  const Row* const row = row_of(plan.kind);
  const std::string kind(to_string(plan.kind));
  if (row == nullptr) return PlanMistake{"kind", "this holter has no probe of kind " + kind};
  if (const Wrong why = target_mistake(plan.kind, plan.target)) {
    return PlanMistake{"target",
                       "the target " + base::UntrustedText(base::masked_url(plan.target)).for_log() + ' ' + *why};
  }
  if (const Wrong why = query_mistake(plan)) return PlanMistake{"query", "query " + *why};
  if (plan.interval < record::kMinProbeInterval) return PlanMistake{"interval", "interval is at least 10ms"};
  if (plan.jitter && *plan.jitter >= plan.interval) return PlanMistake{"jitter", "jitter is below the interval"};
  if (plan.timeout <= base::Duration::zero() || plan.timeout > record::kMaxProbeTimeout) {
    return PlanMistake{"timeout", "timeout is above 0 and at most 10m"};
  }
  if (plan.options.size() > record::kMaxOptions) return PlanMistake{"options", "there are more than 64 options"};
  if (const Wrong why = row->mistake(plan)) return PlanMistake{"options", *why};
  if (plan.expect.size() > record::kMaxExpectations)
    return PlanMistake{"expect", "there are more than 32 expectations"};
  const auto expectations = Expectations::compile(plan.expect);
  if (!expectations) return PlanMistake{"expect", expectations.error().message};
  return std::nullopt;
}

bool Probers::needs_raw_socket(const record::ProbePlan& plan) {
  if (plan.kind != record::ProbeKind::trace) return false;
  const auto options = read_options<TraceOptions>(plan.kind, kTraceOptions, plan.options).value();
  return options.protocol == TraceProtocol::tcp;
}

env::Task<record::ProbeResult> Probers::probe(const record::ProbePlan& plan, const Expectations& expectations) {
  const Row* const row = row_of(plan.kind);
  HOLTER_ASSERT(row != nullptr);
  const Announced announced = row->announces_itself ? Announced() : announcer_.begin(plan.name, plan.kind);
  const AnnouncedWorld world(env_, announced, plan.timeout);
  auto probing = row->run(*this, {world.env(), announced}, plan, expectations);
  auto result = co_await std::move(probing);
  announced.ended(result);
  co_return judged(std::move(result), expectations);
}

bool Probers::start(const record::ProbePlan& plan, const Expectations& expectations, Done done) {
  const Row* const row = row_of(plan.kind);
  HOLTER_ASSERT(row != nullptr);
  if (row->start == nullptr) return false;
  return row->start(*this, plan, [&expectations, done = std::move(done)](record::ProbeResult result) {
    done(judged(std::move(result), expectations));
  });
}

bool Probers::tell_changes(record::ProbeKind kind) {
  const Row* const row = row_of(kind);
  HOLTER_ASSERT(row != nullptr);
  return row->change != nullptr;
}

std::optional<env::Task<record::ProbeResult>> Probers::change(const record::ProbePlan& plan,
                                                              const Expectations& expectations) {
  const Row* const row = row_of(plan.kind);
  HOLTER_ASSERT(row != nullptr);
  auto coming = row->change == nullptr ? std::nullopt : row->change(*this, plan);
  if (!coming) return std::nullopt;
  return judged_when_it_comes(std::move(*coming), expectations);
}

}  // namespace holter::probe

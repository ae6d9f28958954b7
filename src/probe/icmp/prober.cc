#include "probe/icmp/prober.h"

#include "probe/option.h"

namespace holter::probe {
namespace {

EchoOptions options_of(const record::ProbePlan& plan) {
  return read_options<EchoOptions>(plan.kind, kEchoOptions, plan.options).value();
}

// One that a coroutine waits for. However that ends, it is asked no further.
class Awaited {
 public:
  Awaited(const env::Env& env, std::shared_ptr<EchoProbes> probes) : probes_(std::move(probes)), ended_(env.executor) {}
  ~Awaited() {
    if (!result_) probes_->forget(key_);
  }
  Awaited(const Awaited&) = delete;
  Awaited& operator=(const Awaited&) = delete;

  env::Task<record::ProbeResult> run(EchoProbes::Order order) {
    key_ = probes_->begin(std::move(order), [this](record::ProbeResult result) {
      result_ = std::move(result);
      ended_.notify();
    });
    while (!result_) co_await ended_.wait();
    co_return *result_;
  }

 private:
  std::shared_ptr<EchoProbes> probes_;
  EchoProbes::Key key_ = 0;
  env::Signal ended_;
  std::optional<record::ProbeResult> result_;
};

}  // namespace

env::Task<record::ProbeResult> EchoEngine::probe(record::ProbePlan plan) {
  auto result = begin(env_, plan);
  const auto options = options_of(plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto target = co_await resolve_target(env_, plan.target, options, deadline, result);
  if (!target) co_return failed(std::move(result), target.error(), record::Phase::resolve);
  Awaited awaited(env_, probes_);
  auto running =
      awaited.run({std::move(result), *target, options, plan.timeout, announcer_.begin(plan.name, plan.kind)});
  co_return co_await std::move(running);
}

bool EchoEngine::start(const record::ProbePlan& plan, Done done) {
  const auto target = base::IpAddress::parse(plan.target);
  if (!target) return false;
  auto options = options_of(plan);
  if (options.family && *options.family != target->family()) return false;
  auto result = begin(env_, plan);
  result.address = base::to_string(*target);
  probes_->begin({std::move(result), *target, std::move(options), plan.timeout, announcer_.begin(plan.name, plan.kind)},
                 std::move(done));
  return true;
}

}  // namespace holter::probe

#include "probe/tcp.h"

#include "base/url.h"
#include "probe/measurement.h"
#include "probe/option.h"
#include "probe/target.h"

namespace holter::probe {

env::Task<record::ProbeResult> probe_tcp(env::Env env, record::ProbePlan plan) {
  using record::Phase;
  auto result = begin(env, plan);
  const auto target = base::parse_host_port(plan.target);
  if (!target) {
    const std::string why = target_mistake(plan.kind, plan.target).value_or("is none");
    co_return failed(std::move(result), record::Outcome::resolve_failed, Phase::resolve, "the target " + why);
  }
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto way = read_options<Way>(plan.kind, {}, plan.options).value();
  const auto address = co_await resolve_target(env, target->host, way, deadline, result);
  if (!address) co_return failed(std::move(result), address.error(), Phase::resolve);

  const base::Instant start = env.clock.now();
  note(result, start, record::Direction::sent, "SYN to " + to_string(base::Endpoint{*address, target->port}));
  auto connecting = env.network.connect({*address, target->port}, way);
  const auto stream =
      co_await env::with_deadline<std::unique_ptr<env::ByteStream>>(env.clock, deadline, std::move(connecting));
  if (!stream && stream.error().kind == base::ErrorKind::timeout) {
    co_return failed(std::move(result), record::Outcome::timeout, Phase::connect,
                     "no answer within " + base::to_string(plan.timeout));
  }
  if (!stream) co_return failed(std::move(result), stream.error(), Phase::connect);
  const base::Instant connected = env.clock.now();
  note(result, connected, record::Direction::came, "SYN and ACK");
  result.rtt = connected - start;
  result.phases[static_cast<std::size_t>(Phase::connect)] = result.rtt;
  result.detail = base::UntrustedText("open");
  co_return result;
}

}  // namespace holter::probe

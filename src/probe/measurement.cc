#include "probe/measurement.h"

namespace holter::probe {
namespace {

constexpr base::Duration kStampTolerance = base::Duration::milliseconds(50);

record::Outcome outcome_of(base::ErrorKind kind) {
  using enum base::ErrorKind;
  switch (kind) {
    case timeout: return record::Outcome::timeout;
    case refused: return record::Outcome::refused;
    case unreachable: return record::Outcome::unreachable;
    case permission:
    case unsupported: return record::Outcome::not_permitted;
    case not_found: return record::Outcome::resolve_failed;
    case corrupt:
    case invalid: return record::Outcome::bad_answer;
    default: return record::Outcome::unreachable;
  }
}

}  // namespace

record::ProbeResult begin(const env::Env& env, const record::ProbePlan& plan) {
  record::ProbeResult result;
  result.probe = plan.name;
  result.kind = plan.kind;
  result.target = base::UntrustedText(plan.target);
  result.started = env.clock.wall_now();
  result.started_instant = env.clock.now();
  return result;
}

record::ProbeResult failed(record::ProbeResult result, record::Outcome outcome, record::Phase phase,
                           std::string detail) {
  result.outcome = outcome;
  result.failed_in = phase;
  result.rtt.reset();
  result.detail = base::UntrustedText(detail);
  return result;
}

record::ProbeResult failed(record::ProbeResult result, const base::Error& error, record::Phase phase) {
  return failed(std::move(result), outcome_of(error.kind), phase, error.message);
}

record::ProbeResult succeeded(record::ProbeResult result, const RoundTrip& trip) {
  const base::Duration by_loop = trip.received_at - trip.sent_at;
  base::Duration rtt = by_loop;
  if (trip.sent_stamp && trip.received_stamp) {
    const base::Duration by_kernel = *trip.received_stamp - *trip.sent_stamp;
    // The loop reads its clock before the kernel stamps the send and after it stamps the arrival.
    if (by_kernel >= base::Duration::zero() && by_kernel <= by_loop && by_loop - by_kernel < kStampTolerance) {
      rtt = by_kernel;
      result.kernel_stamped = true;
    }
  }
  result.outcome = record::Outcome::ok;
  result.rtt = rtt;
  result.phases[static_cast<std::size_t>(record::Phase::first_byte)] = rtt;
  return result;
}

env::Task<base::Result<base::IpAddress>> resolve_target(env::Env env, std::string target) {
  const auto literal = base::IpAddress::parse(target);
  if (literal) co_return *literal;
  auto addresses = co_await env.network.resolve(target);
  if (!addresses) co_return addresses.error();
  if (addresses->empty()) co_return base::Error{base::ErrorKind::not_found, "the name has no address"};
  co_return addresses->front();
}

}  // namespace holter::probe

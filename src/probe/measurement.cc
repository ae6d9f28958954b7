#include "probe/measurement.h"

namespace holter::probe {
namespace {

// Two readings of two clocks are not taken at one moment; a real step is larger.
constexpr base::Duration kStepTolerance = base::Duration::milliseconds(1);

record::Outcome outcome_of(base::ErrorKind kind, record::Phase phase) {
  using enum base::ErrorKind;
  if (kind == timeout) return record::Outcome::timeout;
  if (phase == record::Phase::resolve) return record::Outcome::resolve_failed;
  switch (kind) {
    case refused: return record::Outcome::refused;
    case permission:
    case unsupported: return record::Outcome::not_permitted;
    case corrupt: return record::Outcome::bad_answer;
    default: return record::Outcome::unreachable;
  }
}

base::Duration absolute(base::Duration d) { return d < base::Duration::zero() ? base::Duration::zero() - d : d; }

env::Task<base::Result<base::IpAddress>> first_address(env::Env env, std::string name) {
  auto addresses = co_await env.network.resolve(name);
  if (!addresses) co_return addresses.error();
  if (addresses->empty()) co_return base::Error{base::ErrorKind::not_found, "the name has no address"};
  co_return addresses->front();
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
  result.detail = base::UntrustedText(detail, kMaxDetailBytes);
  return result;
}

record::ProbeResult failed(record::ProbeResult result, const base::Error& error, record::Phase phase) {
  return failed(std::move(result), outcome_of(error.kind, phase), phase, error.message);
}

record::ProbeResult succeeded(record::ProbeResult result, const RoundTrip& trip) {
  const base::Duration by_loop = trip.received_at - trip.sent_at;
  base::Duration rtt = by_loop;
  if (trip.sent_stamp && trip.received_stamp) {
    const base::Duration by_kernel = *trip.received_stamp - *trip.sent_stamp;
    // The loop reads its clock before the kernel stamps the send and after it stamps the arrival.
    const bool possible = by_kernel >= base::Duration::zero() && by_kernel <= by_loop;
    if (possible && absolute(trip.wall_stepped) < kStepTolerance) {
      rtt = by_kernel;
      result.kernel_stamped = true;
    }
  }
  result.outcome = record::Outcome::ok;
  result.rtt = rtt;
  result.phases[static_cast<std::size_t>(record::Phase::first_byte)] = rtt;
  return result;
}

void note(record::ProbeResult& result, base::Instant at, record::Direction direction, std::string_view text) {
  add_line(result.transcript, at - result.started_instant, direction, text);
}

base::Duration wall_offset(const env::Env& env) {
  const base::Instant now = env.clock.now();
  return base::Duration::nanoseconds(env.clock.wall_now().in_nanoseconds()) -
         base::Duration::nanoseconds(now.in_nanoseconds());
}

env::Task<base::Result<base::IpAddress>> resolve_target(env::Env env, std::string target, base::Instant deadline,
                                                        record::ProbeResult& result) {
  const base::Instant start = env.clock.now();
  auto address = base::IpAddress::parse(target);
  if (!address) {
    auto resolving = first_address(env, target);
    address = co_await env::with_deadline<base::IpAddress>(env.clock, deadline, std::move(resolving));
    const bool late = !address && address.error().kind == base::ErrorKind::timeout;
    if (late) co_return base::Error{base::ErrorKind::timeout, "the name had no address within the probe's time"};
    if (!address) co_return address.error();
    const base::Instant resolved = env.clock.now();
    result.phases[static_cast<std::size_t>(record::Phase::resolve)] = resolved - start;
    note(result, resolved, record::Direction::noted, target + " is " + base::to_string(*address));
  }
  result.address = base::to_string(*address);
  co_return *address;
}

}  // namespace holter::probe

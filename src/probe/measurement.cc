#include "probe/measurement.h"

#include <algorithm>

#include "base/url_user.h"

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

using Addresses = std::vector<base::IpAddress>;

base::Result<Addresses> fitting(const env::Env& env, Addresses found, const Way& way) {
  if (found.empty()) return base::Error{base::ErrorKind::not_found, "the name has no address"};
  if (way.family) {
    std::erase_if(found, [&way](const base::IpAddress& a) { return a.family() != *way.family; });
    const bool v4 = *way.family == base::IpAddress::Family::v4;
    if (found.empty()) return base::Error{base::ErrorKind::not_found, v4 ? "no IPv4 address" : "no IPv6 address"};
  }
  if (found.size() == 1) return found;
  const auto has_route = [&env](const base::IpAddress& a) { return env.network.source_for(a).has_value(); };
  const auto reachable = std::ranges::find_if(found, has_route);
  if (reachable != found.end()) std::rotate(found.begin(), reachable, reachable + 1);
  return found;
}

}  // namespace

record::ProbeResult begin(const env::Env& env, const record::ProbePlan& plan) {
  record::ProbeResult result;
  result.probe = plan.name;
  result.kind = plan.kind;
  result.target = base::UntrustedText(base::masked_url(plan.target));
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

RoundTripTime time_of(const RoundTrip& trip) {
  const base::Duration by_loop = trip.received_at - trip.sent_at;
  if (!trip.sent_stamp || !trip.received_stamp) return {by_loop, false};
  const base::Duration by_kernel = *trip.received_stamp - *trip.sent_stamp;
  // The loop reads its clock before the kernel stamps the send and after it stamps the arrival.
  const bool possible = by_kernel >= base::Duration::zero() && by_kernel <= by_loop;
  if (!possible || absolute(trip.wall_stepped) >= kStepTolerance) return {by_loop, false};
  return {by_kernel, true};
}

record::ProbeResult succeeded(record::ProbeResult result, const RoundTrip& trip) {
  const RoundTripTime time = time_of(trip);
  result.kernel_stamped = time.kernel_stamped;
  result.outcome = record::Outcome::ok;
  result.rtt = time.rtt;
  result.phases[static_cast<std::size_t>(record::Phase::first_byte)] = time.rtt;
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

env::Task<base::Result<Addresses>> resolve_all(env::Env env, std::string target, Way way, base::Instant deadline,
                                               record::ProbeResult& result) {
  const auto literal = base::IpAddress::parse(target);
  if (literal) co_return fitting(env, {*literal}, way);
  const base::Instant start = env.clock.now();
  auto resolving = env.network.resolve(target);
  auto found = co_await env::with_deadline<Addresses>(env.clock, deadline, std::move(resolving));
  const bool late = !found && found.error().kind == base::ErrorKind::timeout;
  if (late) co_return base::Error{base::ErrorKind::timeout, "the name had no address within the probe's time"};
  if (!found) co_return found.error();
  const base::Instant resolved = env.clock.now();
  result.phases[static_cast<std::size_t>(record::Phase::resolve)] = resolved - start;
  auto addresses = fitting(env, std::move(*found), way);
  if (addresses)
    note(result, resolved, record::Direction::noted, target + " is " + base::to_string(addresses->front()));
  co_return addresses;
}

env::Task<base::Result<base::IpAddress>> resolve_target(env::Env env, std::string target, Way way,
                                                        base::Instant deadline, record::ProbeResult& result) {
  const auto addresses = co_await resolve_all(env, std::move(target), std::move(way), deadline, result);
  if (!addresses) co_return addresses.error();
  result.address = base::to_string(addresses->front());
  co_return addresses->front();
}

}  // namespace holter::probe

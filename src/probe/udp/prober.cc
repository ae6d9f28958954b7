#include "probe/udp/prober.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/url.h"
#include "env/icmp_words.h"
#include "probe/measurement.h"
#include "probe/target.h"

namespace holter::probe {
namespace {

using record::Outcome;
using record::Phase;

constexpr std::size_t kMaxArrivals = 16;
// To a port that is known for no protocol. Not an empty datagram: some services do not notice one.
constexpr std::string_view kUsualText = "holter\r\n";
// How long duplicates are waited for: as long as the reply took, within these.
constexpr base::Duration kLeastLinger = base::Duration::milliseconds(20);
constexpr base::Duration kMostLinger = base::Duration::milliseconds(100);

struct Exchange {
  base::Endpoint peer;
  RoundTrip trip;
  std::optional<std::string> reply;
  std::uint64_t duplicates = 0;
  std::optional<base::Endpoint> stranger;  // who else said something
};

base::Error quoted_error(const Exchange& exchange, const env::Arrival& arrival) {
  const std::string from = arrival.offender ? " from " + base::to_string(*arrival.offender) : std::string();
  const auto words = env::icmp_error_words(exchange.peer.address.family(), arrival.icmp_type, arrival.icmp_code);
  return {arrival.error, std::string(words) + from};
}

void take_datagram(Exchange& exchange, record::ProbeResult& result, const env::Arrival& arrival) {
  if (arrival.peer != exchange.peer) {
    exchange.stranger = arrival.peer;
    note(result, arrival.received_at, record::Direction::noted, "a datagram from " + to_string(arrival.peer));
    return;
  }
  const std::string bytes(arrival.data.begin(), arrival.data.end());
  note(result, arrival.received_at, record::Direction::came, bytes.empty() ? "an empty datagram" : bytes);
  if (exchange.reply) {
    if (*exchange.reply == bytes) ++exchange.duplicates;
    return;
  }
  exchange.reply = bytes;
  exchange.trip.received_at = arrival.received_at;
  exchange.trip.received_stamp = arrival.stamp;
}

base::Result<void> consider(Exchange& exchange, record::ProbeResult& result, const env::Arrival& arrival) {
  switch (arrival.kind) {
    case env::Arrival::Kind::transmitted: exchange.trip.sent_stamp = arrival.stamp; break;
    case env::Arrival::Kind::error:
      if (!exchange.reply) return quoted_error(exchange, arrival);
      break;
    case env::Arrival::Kind::data: take_datagram(exchange, result, arrival); break;
  }
  return {};
}

enum class Until : std::uint8_t { reply, deadline };

env::Task<base::Result<void>> listen(env::DatagramSocket& socket, Exchange& exchange, record::ProbeResult& result,
                                     Until until) {
  std::vector<env::Arrival> arrivals;
  do {
    arrivals.clear();
    if (const auto received = co_await socket.receive(arrivals, kMaxArrivals); !received) co_return received.error();
    // To the end even when the reply is found: the transmit stamp may stand behind it.
    for (const auto& arrival : arrivals) {
      if (const auto considered = consider(exchange, result, arrival); !considered) co_return considered.error();
    }
  } while (until == Until::deadline || !exchange.reply);
  co_return base::Result<void>();
}

record::ProbeResult answered(record::ProbeResult result, const Exchange& exchange) {
  add_fact(result.facts, "port_state", base::UntrustedText("open"));
  add_fact(result.facts, "reply", base::UntrustedText(*exchange.reply));
  add_fact(result.facts, "reply_bytes", static_cast<std::int64_t>(exchange.reply->size()));
  add_fact(result.facts, "duplicates", static_cast<std::int64_t>(exchange.duplicates));
  result = succeeded(std::move(result), exchange.trip);
  std::string detail = reply_text(*exchange.reply);
  if (exchange.duplicates > 0) {
    detail += fmt::format(", and {} duplicate{}", exchange.duplicates, exchange.duplicates == 1 ? "" : "s");
  }
  result.detail = base::UntrustedText(detail, kMaxDetailBytes);
  return result;
}

record::ProbeResult unanswered(record::ProbeResult result, const base::Error& error, const Exchange& exchange,
                               base::Duration timeout, bool silence_is_ok) {
  if (error.kind != base::ErrorKind::timeout) {
    const bool closed = error.kind == base::ErrorKind::refused;
    if (closed) add_fact(result.facts, "port_state", base::UntrustedText("closed"));
    return failed(std::move(result), error, Phase::first_byte);
  }
  add_fact(result.facts, "port_state", base::UntrustedText("open_or_filtered"));
  std::string detail = "open or filtered: no reply within " + base::to_string(timeout);
  if (exchange.stranger) detail += ", but a datagram from " + to_string(*exchange.stranger);
  if (!silence_is_ok) return failed(std::move(result), Outcome::timeout, Phase::first_byte, detail);
  result.detail = base::UntrustedText(detail);
  return result;
}

std::string message(env::Env env, const UdpOptions& options, const std::string& target, std::uint16_t port,
                    record::ProbeResult& result) {
  Payload payload = options.send.value_or(Payload(std::string(kUsualText)));
  const auto usual = usual_payload(port);
  if (!options.send && usual) payload = *usual;
  std::string bytes = payload_bytes(payload, target, env.random);
  note(result, env.clock.now(), record::Direction::sent, payload_text(payload, bytes));
  return bytes;
}

base::Instant end_of_linger(const RoundTrip& trip, base::Instant deadline) {
  const base::Duration linger = std::clamp(trip.received_at - trip.sent_at, kLeastLinger, kMostLinger);
  return std::min(deadline, trip.received_at + linger);
}

}  // namespace

env::Task<record::ProbeResult> probe_udp(env::Env env, record::ProbePlan plan) {
  const auto target = base::parse_host_port(plan.target);
  if (!target) {
    const std::string why = target_mistake(plan.kind, plan.target).value_or("is none");
    co_return failed(begin(env, plan), Outcome::resolve_failed, Phase::resolve, "the target " + why);
  }
  const auto options = read_options<UdpOptions>(plan.kind, kUdpOptions, plan.options).value();
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto address = co_await resolve_target(env, target->host, options, deadline, result);
  if (!address) co_return failed(std::move(result), address.error(), Phase::resolve);

  auto socket = env.network.open_datagram(datagram_options(options, *address));
  if (!socket) co_return failed(std::move(result), socket.error(), Phase::connect);
  const std::string bytes = message(env, options, plan.target, target->port, result);
  Exchange exchange;
  exchange.peer = {*address, target->port};
  const base::Duration wall_before = wall_offset(env);
  exchange.trip.sent_at = env.clock.now();
  const auto sent = (*socket)->send(exchange.peer, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!sent) co_return failed(std::move(result), sent.error(), Phase::connect);

  auto waiting = listen(**socket, exchange, result, Until::reply);
  const auto reply = co_await env::with_deadline<void>(env.clock, deadline, std::move(waiting));
  exchange.trip.wall_stepped = wall_offset(env) - wall_before;
  if (!reply) co_return unanswered(std::move(result), reply.error(), exchange, plan.timeout, options.silence_is_ok);
  auto lingering = listen(**socket, exchange, result, Until::deadline);
  const base::Instant until = end_of_linger(exchange.trip, deadline);
  co_await env::with_deadline<void>(env.clock, until, std::move(lingering));
  co_return answered(std::move(result), exchange);
}

}  // namespace holter::probe

#include "probe/dns.h"

#include "probe/dns_message.h"
#include "probe/measurement.h"

namespace holter::probe {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::uint8_t kNoError = 0;
constexpr std::uint8_t kNameError = 3;
constexpr std::size_t kMaxArrivals = 16;

struct Exchange {
  DnsQuestion question;
  std::uint16_t id = 0;
  base::Endpoint resolver;
  RoundTrip trip;
};

// Takes one arrival; the answer when it is the one waited for.
base::Result<std::optional<DnsAnswer>> consider(Exchange& exchange, const env::Arrival& arrival) {
  using Kind = env::Arrival::Kind;
  if (arrival.kind == Kind::transmitted) {
    exchange.trip.sent_stamp = arrival.stamp;
    return std::optional<DnsAnswer>();
  }
  if (arrival.kind == Kind::error) {
    const std::string from = arrival.offender ? " from " + base::to_string(*arrival.offender) : std::string();
    return base::Error{arrival.error, "ICMP error" + from};
  }
  if (arrival.peer != exchange.resolver) return std::optional<DnsAnswer>();
  const auto answer = parse_dns_answer(arrival.data);
  if (!answer || !answers_question(*answer, exchange.question, exchange.id)) return std::optional<DnsAnswer>();
  exchange.trip.received_at = arrival.received_at;
  exchange.trip.received_stamp = arrival.stamp;
  return std::optional(*answer);
}

env::Task<base::Result<DnsAnswer>> await_answer(env::DatagramSocket& socket, Exchange& exchange) {
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await socket.receive(arrivals, kMaxArrivals);
    if (!received) co_return received.error();
    // To the end even when the answer is found: the transmit stamp may stand behind it.
    std::optional<DnsAnswer> answer;
    for (const auto& arrival : arrivals) {
      auto considered = consider(exchange, arrival);
      if (!considered) co_return considered.error();
      if (*considered) answer = std::move(*considered);
    }
    if (answer) co_return std::move(*answer);
  }
}

record::ProbeResult judge(record::ProbeResult result, const DnsAnswer& answer, const RoundTrip& trip) {
  std::string detail = answer.rcode_name;
  if (!answer.first_answer.empty()) detail += ' ' + answer.first_answer;
  if (answer.rcode != kNoError && answer.rcode != kNameError) {
    return failed(std::move(result), record::Outcome::bad_answer, record::Phase::first_byte, detail);
  }
  result = succeeded(std::move(result), trip);
  result.detail = base::UntrustedText(detail);
  return result;
}

Exchange exchange_of(env::Env env, const record::ProbePlan& plan, const base::IpAddress& resolver) {
  Exchange exchange;
  const bool root = plan.query.empty() || plan.query == ".";
  exchange.question = root ? DnsQuestion{".", DnsType::ns} : DnsQuestion{plan.query, DnsType::a};
  exchange.id = static_cast<std::uint16_t>(env.random.below(0x1'0000));
  exchange.resolver = {resolver, kDnsPort};
  return exchange;
}

}  // namespace

env::Task<record::ProbeResult> probe_dns(env::Env env, record::ProbePlan plan) {
  using record::Phase;
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  auto resolving = resolve_target(env, plan.target);
  const auto resolver = co_await env::with_deadline<base::IpAddress>(env.clock, deadline, std::move(resolving));
  if (!resolver) co_return failed(std::move(result), resolver.error(), Phase::resolve);
  result.address = base::to_string(*resolver);

  Exchange exchange = exchange_of(env, plan, *resolver);
  const auto query = dns_query(exchange.question, exchange.id);
  if (!query) co_return failed(std::move(result), query.error(), Phase::resolve);
  env::DatagramOptions options;
  options.local = {base::IpAddress::any(resolver->family()), 0};
  options.stamps = true;
  options.errors = true;
  auto socket = env.network.open_datagram(options);
  if (!socket) co_return failed(std::move(result), socket.error(), Phase::connect);
  exchange.trip.sent_at = env.clock.now();
  const auto sent = (*socket)->send(exchange.resolver, *query);
  if (!sent) co_return failed(std::move(result), sent.error(), Phase::connect);

  auto waiting = await_answer(**socket, exchange);
  const auto answer = co_await env::with_deadline<DnsAnswer>(env.clock, deadline, std::move(waiting));
  if (answer) co_return judge(std::move(result), *answer, exchange.trip);
  if (answer.error().kind == base::ErrorKind::timeout) {
    co_return failed(std::move(result), record::Outcome::timeout, Phase::first_byte,
                     "no answer within " + base::to_string(plan.timeout));
  }
  co_return failed(std::move(result), answer.error(), Phase::first_byte);
}

}  // namespace holter::probe

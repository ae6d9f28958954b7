#include "probe/dns.h"

#include <fmt/format.h>

#include <array>

#include "env/icmp_words.h"
#include "probe/dns_message.h"
#include "probe/measurement.h"
#include "probe/option.h"

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
  std::uint64_t strange = 0;  // messages from the resolver that do not answer the question
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
    const auto words = env::icmp_error_words(exchange.resolver.address.family(), arrival.icmp_type, arrival.icmp_code);
    return base::Error{arrival.error, std::string(words) + from};
  }
  if (arrival.peer != exchange.resolver) return std::optional<DnsAnswer>();
  const auto answer = parse_dns_answer(arrival.data);
  if (!answer || !answers_question(*answer, exchange.question, exchange.id)) {
    ++exchange.strange;
    return std::optional<DnsAnswer>();
  }
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

// "A example.org. to 192.0.2.1:53, id 0x1a2b"
std::string question_text(const Exchange& exchange) {
  static constexpr std::array<std::string_view, 3> kTypes = {"A", "AAAA", "NS"};
  return fmt::format("{} {} to {}, id {:#06x}", kTypes.at(static_cast<std::size_t>(exchange.question.type)),
                     exchange.question.name, to_string(exchange.resolver), exchange.id);
}

// "NOERROR, 2 answers, the first 192.0.2.80"
std::string answer_text(const DnsAnswer& answer) {
  const std::string first = answer.first_answer.empty() ? "" : ", the first " + answer.first_answer;
  return fmt::format("{}, {} answer{}{}", answer.rcode_name, answer.answers, answer.answers == 1 ? "" : "s", first);
}

record::ProbeResult judge(record::ProbeResult result, const DnsAnswer& answer, const RoundTrip& trip,
                          const Expectations& expectations) {
  add_fact(result.facts, "rcode", base::UntrustedText(answer.rcode_name));
  add_fact(result.facts, "answers", static_cast<std::int64_t>(answer.answers));
  if (!answer.first_answer.empty()) add_fact(result.facts, "answer", base::UntrustedText(answer.first_answer));
  std::string detail = answer.rcode_name;
  note(result, trip.received_at, record::Direction::came, answer_text(answer));
  if (answer.truncated) detail += ", truncated";
  if (!answer.first_answer.empty()) detail += ' ' + answer.first_answer;
  const bool resolves = answer.rcode == kNoError || answer.rcode == kNameError;
  if (!resolves && !expectations.mention("rcode")) {
    return failed(std::move(result), record::Outcome::bad_answer, record::Phase::first_byte, detail);
  }
  result = succeeded(std::move(result), trip);
  result.detail = base::UntrustedText(detail);
  return result;
}

Exchange exchange_of(env::Env env, const record::ProbePlan& plan, const base::Endpoint& resolver) {
  Exchange exchange;
  const bool root = plan.query.empty() || plan.query == ".";
  exchange.question = root ? DnsQuestion{".", DnsType::ns} : DnsQuestion{plan.query, DnsType::a};
  exchange.id = static_cast<std::uint16_t>(env.random.below(0x1'0000));
  exchange.resolver = resolver;
  return exchange;
}

// "192.0.2.1:5353" carries its port; everything else is asked on the usual one.
env::Task<base::Result<base::Endpoint>> find_resolver(env::Env env, std::string target, Way way, base::Instant deadline,
                                                      record::ProbeResult& result) {
  const auto with_port = base::parse_endpoint(target);
  const std::string host = with_port ? base::to_string(with_port->address) : target;
  const auto address = co_await resolve_target(env, host, way, deadline, result);
  if (!address) co_return address.error();
  co_return base::Endpoint{*address, with_port ? with_port->port : kDnsPort};
}

std::string nothing_usable(const Exchange& exchange, base::Duration timeout) {
  const std::string within = " within " + base::to_string(timeout);
  if (exchange.strange == 0) return "no answer" + within;
  return "no answer to the question" + within + ", but " + std::to_string(exchange.strange) +
         (exchange.strange == 1 ? " message" : " messages") + " that is none";
}

record::ProbeResult judge_failure(record::ProbeResult result, const base::Error& error, const Exchange& exchange,
                                  base::Duration timeout) {
  using record::Outcome;
  if (error.kind != base::ErrorKind::timeout) return failed(std::move(result), error, record::Phase::first_byte);
  const Outcome outcome = exchange.strange == 0 ? Outcome::timeout : Outcome::bad_answer;
  return failed(std::move(result), outcome, record::Phase::first_byte, nothing_usable(exchange, timeout));
}

}  // namespace

env::Task<record::ProbeResult> probe_dns(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  using record::Phase;
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto way = read_options<Way>(plan.kind, {}, plan.options).value();
  const auto resolver = co_await find_resolver(env, plan.target, way, deadline, result);
  if (!resolver) co_return failed(std::move(result), resolver.error(), Phase::resolve);

  Exchange exchange = exchange_of(env, plan, *resolver);
  const auto query = dns_query(exchange.question, exchange.id);
  if (!query) co_return failed(std::move(result), query.error(), Phase::resolve);
  auto socket = env.network.open_datagram(datagram_options(way, resolver->address));
  if (!socket) co_return failed(std::move(result), socket.error(), Phase::connect);
  const base::Duration wall_before = wall_offset(env);
  exchange.trip.sent_at = env.clock.now();
  note(result, exchange.trip.sent_at, record::Direction::sent, question_text(exchange));
  const auto sent = (*socket)->send(exchange.resolver, *query);
  if (!sent) co_return failed(std::move(result), sent.error(), Phase::connect);

  auto waiting = await_answer(**socket, exchange);
  const auto answer = co_await env::with_deadline<DnsAnswer>(env.clock, deadline, std::move(waiting));
  exchange.trip.wall_stepped = wall_offset(env) - wall_before;
  if (!answer) co_return judge_failure(std::move(result), answer.error(), exchange, plan.timeout);
  co_return judge(std::move(result), *answer, exchange.trip, expectations);
}

}  // namespace holter::probe

#include "probe/dns.h"

#include <fmt/format.h>

#include <array>

#include "probe/dns_message.h"
#include "probe/exchange.h"
#include "probe/option.h"

namespace holter::probe {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::uint8_t kNoError = 0;
constexpr std::uint8_t kNameError = 3;

struct Asked {
  DnsQuestion question;
  std::uint16_t id = 0;
  base::Endpoint resolver;
};

// "A example.org. to 192.0.2.1:53, id 0x1a2b"
std::string question_text(const Asked& asked) {
  static constexpr std::array<std::string_view, 3> kTypes = {"A", "AAAA", "NS"};
  return fmt::format("{} {} to {}, id {:#06x}", kTypes.at(static_cast<std::size_t>(asked.question.type)),
                     asked.question.name, to_string(asked.resolver), asked.id);
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

Asked asked_of(env::Env env, const record::ProbePlan& plan, const base::Endpoint& resolver) {
  Asked asked;
  const bool root = plan.query.empty() || plan.query == ".";
  asked.question = root ? DnsQuestion{".", DnsType::ns} : DnsQuestion{plan.query, DnsType::a};
  asked.id = static_cast<std::uint16_t>(env.random.below(0x1'0000));
  asked.resolver = resolver;
  return asked;
}

bool is_answer_to(base::Bytes bytes, const Asked& asked) {
  const auto answer = parse_dns_answer(bytes);
  return answer && answers_question(*answer, asked.question, asked.id);
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

}  // namespace

env::Task<record::ProbeResult> probe_dns(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  using record::Phase;
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto way = read_options<Way>(plan.kind, {}, plan.options).value();
  const auto resolver = co_await find_resolver(env, plan.target, way, deadline, result);
  if (!resolver) co_return failed(std::move(result), resolver.error(), Phase::resolve);

  const Asked asked = asked_of(env, plan, *resolver);
  const auto query = dns_query(asked.question, asked.id);
  if (!query) co_return failed(std::move(result), query.error(), Phase::resolve);
  Question question{*resolver, *query, [asked](base::Bytes bytes) { return is_answer_to(bytes, asked); }};
  note(result, env.clock.now(), record::Direction::sent, question_text(asked));
  Exchange exchange;
  auto asking = ask_by_datagram(env, datagram_options(way, resolver->address), std::move(question), deadline, exchange, result);
  const auto answer = co_await std::move(asking);
  if (!answer) co_return failed(std::move(result), answer.error(), exchange, plan.timeout);
  co_return judge(std::move(result), parse_dns_answer(*answer).value(), exchange.trip, expectations);
}

}  // namespace holter::probe

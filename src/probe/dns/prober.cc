#include "probe/dns/prober.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "probe/dns/proving.h"

namespace holter::probe {
namespace {

using record::Phase;

constexpr std::uint16_t kNoError = 0;
constexpr std::uint16_t kNameError = 3;
constexpr std::size_t kMaxAnswersTold = 8;

struct Asked {
  DnsQuestion question;
  std::uint16_t id = 0;
};

// "AAAA example.org. to 192.0.2.1:53, id 0x1a2b"
std::string question_text(const Asked& asked, const DnsAsking& asking) {
  const auto& resolver = asking.resolver;
  const std::string to = resolver.url.empty() ? to_string(base::Endpoint{asking.address, resolver.port}) : resolver.url;
  return fmt::format("{} {} to {}, id {:#06x}", to_string(asked.question.type), asked.question.name, to, asked.id);
}

// "NOERROR, truncated 192.0.2.80, 192.0.2.81"
std::string answer_text(const DnsAnswer& answer) {
  const auto told = std::span(answer.answers).first(std::min(answer.answers.size(), kMaxAnswersTold));
  std::string text = answer.rcode_name + (answer.truncated ? ", truncated" : "");
  if (!told.empty()) text += fmt::format(" {}", fmt::join(told, ", "));
  if (told.size() < answer.count) text += fmt::format(" and {} more", answer.count - told.size());
  return text;
}

void add_facts(record::Facts& facts, const DnsAnswer& answer) {
  add_fact(facts, "rcode", base::UntrustedText(answer.rcode_name));
  add_fact(facts, "answers", static_cast<std::int64_t>(answer.count));
  add_fact(facts, "authority", static_cast<std::int64_t>(answer.authority));
  add_fact(facts, "additional", static_cast<std::int64_t>(answer.additional));
  if (answer.ttl) add_fact(facts, "ttl", std::int64_t{*answer.ttl});
  if (answer.serial) add_fact(facts, "serial", std::int64_t{*answer.serial});
  add_fact(facts, "authoritative", answer.authoritative);
  add_fact(facts, "ad", answer.authentic);
  add_fact(facts, "truncated", answer.truncated);
  if (answer.nsid) add_fact(facts, "nsid", base::UntrustedText(*answer.nsid));
  for (const auto& text : answer.answers) add_fact(facts, "answer", base::UntrustedText(text));
  for (const auto& text : answer.addresses) add_fact(facts, "answer_address", base::UntrustedText(text));
  for (const auto& text : answer.aliases) add_fact(facts, "alias", base::UntrustedText(text));
}

bool resolves(const DnsAnswer& answer) { return answer.rcode == kNoError || answer.rcode == kNameError; }

record::ProbeResult judge(record::ProbeResult result, const DnsAnswer& answer, const std::optional<DnsProof>& proof,
                          const RoundTrip& trip, const Expectations& expectations) {
  using record::Outcome;
  std::string detail = answer_text(answer);
  if (proof) add_fact(result.facts, "dnssec", base::UntrustedText(to_string(proof->security)));
  add_facts(result.facts, answer);
  if (!resolves(answer) && !expectations.mention("rcode")) {
    return failed(std::move(result), Outcome::bad_answer, Phase::first_byte, detail);
  }
  result = succeeded(std::move(result), trip);
  if (proof) {
    const std::string words =
        fmt::format("{}{}{}", to_string(proof->security), proof->why.empty() ? "" : ": ", proof->why);
    if (proof->security != DnsSecurity::secure && !expectations.mention("dnssec")) {
      return failed(std::move(result), Outcome::bad_answer, Phase::transfer, words);
    }
    detail += ", " + words;
  }
  result.detail = base::UntrustedText(detail, kMaxDetailBytes);
  return result;
}

void take_phases(record::ProbeResult& result, const Exchange& exchange) {
  for (std::size_t i = 0; i < record::kPhaseCount; ++i) {
    if (exchange.before[i]) result.phases[i] = exchange.before[i];
  }
}

std::vector<std::string> anchors_of(const DnsOptions& options) {
  if (!options.anchors.empty()) return options.anchors;
  return {dns_root_anchors().begin(), dns_root_anchors().end()};
}

}  // namespace

env::Task<record::ProbeResult> probe_dns(env::Env env, DnsSockets& sockets, record::ProbePlan plan,
                                         const Expectations& expectations, Announced announced) {
  auto result = begin(env, plan);
  const base::Instant deadline = result.started_instant + plan.timeout;
  const auto options = read_options<DnsOptions>(plan.kind, kDnsOptions, plan.options).value();
  DnsAsking asking{sockets};
  asking.announced = std::move(announced);
  asking.way = options;
  asking.most_bytes = options.manner.payload_bytes.value_or(0);
  asking.resolver = dns_resolver(plan.target, options.transport);
  const bool over_https = asking.resolver.transport == DnsTransport::doh;
  if (!over_https) {
    const auto address = co_await resolve_target(env, asking.resolver.host, options, deadline, result);
    if (!address) co_return failed(std::move(result), address.error(), Phase::resolve);
    asking.address = *address;
  }
  // Caches of the web tell questions apart by their bytes (RFC 8484, section 4.1).
  const auto id = static_cast<std::uint16_t>(over_https ? 0 : env.random.below(0x1'0000));
  const Asked asked{dns_question(plan, options, asking.resolver.host), id};
  auto query = dns_query(asked.question, manner_of(options), asked.id);
  if (!query) co_return failed(std::move(result), query.error(), Phase::resolve);
  asking.query = std::move(*query);
  std::optional<DnsAnswer> answer;
  asking.is_answer = [&answer, &asked](base::Bytes bytes) {
    if (!could_answer(bytes, asked.id)) return false;
    auto parsed = parse_dns_answer(bytes);
    if (!parsed || !answers_question(*parsed, asked.question, asked.id)) return false;
    answer = std::move(*parsed);
    return true;
  };
  note(result, env.clock.now(), record::Direction::sent, question_text(asked, asking));
  Exchange exchange;
  auto waiting = ask_resolver(env, asking, deadline, exchange, result);
  const auto message = co_await std::move(waiting);
  take_phases(result, exchange);
  if (!message) co_return failed(std::move(result), message.error(), exchange, plan.timeout);
  note(result, exchange.trip.received_at, record::Direction::came, answer_text(*answer));
  std::optional<DnsProof> proof;
  if (options.validate && resolves(*answer)) {
    auto proving =
        prove_dns_answer(env, {anchors_of(options), asked.question, *message}, std::move(asking), deadline, result);
    proof = co_await std::move(proving);
  }
  co_return judge(std::move(result), *answer, proof, exchange.trip, expectations);
}

}  // namespace holter::probe

#include "probe/dns/proving.h"

#include <fmt/format.h>

namespace holter::probe {
namespace {

using Message = std::vector<std::uint8_t>;

env::Task<base::Result<Message>> ask_once(env::Env env, DnsQuestion question, DnsAsking asking, base::Instant deadline,
                                          bool& truncated, record::ProbeResult& result) {
  const auto id = static_cast<std::uint16_t>(env.random.below(0x1'0000));
  const DnsManner manner{.check_disabled = true, .dnssec = true};
  auto query = dns_query(question, manner, id);
  if (!query) co_return query.error();
  asking.query = std::move(*query);
  asking.is_answer = [&question, &truncated, id](base::Bytes bytes) {
    if (!could_answer(bytes, id)) return false;
    const auto answer = parse_dns_answer(bytes);
    truncated = answer && answer->truncated;
    return answer && answers_question(*answer, question, id);
  };
  Exchange exchange;
  auto asked = ask_resolver(env, std::move(asking), deadline, exchange, result);
  auto message = co_await std::move(asked);
  if (message)
    note(result, exchange.trip.received_at, record::Direction::came, fmt::format("{} bytes", message->size()));
  co_return message;
}

env::Task<base::Result<Message>> ask(env::Env env, DnsQuestion question, DnsAsking asking, base::Instant deadline,
                                     record::ProbeResult& result) {
  note(result, env.clock.now(), record::Direction::sent,
       fmt::format("{} {} for the proof", to_string(question.type), question.name));
  bool truncated = false;
  auto asked = ask_once(env, question, asking, deadline, truncated, result);
  auto message = co_await std::move(asked);
  if (!message || !truncated || asking.resolver.transport != DnsTransport::udp) co_return message;
  asking.resolver.transport = DnsTransport::tcp;
  note(result, env.clock.now(), record::Direction::noted, "truncated, asked for over TCP");
  auto again = ask_once(env, std::move(question), std::move(asking), deadline, truncated, result);
  co_return co_await std::move(again);
}

}  // namespace

env::Task<DnsProof> prove_dns_answer(env::Env env, DnsToProve what, DnsAsking asking, base::Instant deadline,
                                     record::ProbeResult& result) {
  DnsChain chain(what.anchors, what.question, what.answer, env.clock.wall_now());
  while (const auto wanted = chain.wanted()) {
    auto asked = ask(env, *wanted, asking, deadline, result);
    const auto message = co_await std::move(asked);
    if (!message) {
      const bool late = message.error().kind == base::ErrorKind::timeout;
      co_return DnsProof{DnsSecurity::indeterminate,
                         fmt::format("{} {}: {}", to_string(wanted->type), wanted->name,
                                     late ? "no answer before the deadline" : message.error().message)};
    }
    chain.take(*wanted, *message);
  }
  co_return chain.proof();
}

}  // namespace holter::probe

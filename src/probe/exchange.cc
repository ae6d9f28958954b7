#include "probe/exchange.h"

#include <fmt/format.h>

#include "env/icmp_words.h"

namespace holter::probe {
namespace {

using Message = std::vector<std::uint8_t>;

constexpr std::size_t kMaxArrivals = 16;

base::Error quoted_error(const env::Arrival& arrival, const base::Endpoint& to) {
  const std::string from = arrival.offender ? " from " + base::to_string(*arrival.offender) : std::string();
  const auto words = env::icmp_error_words(to.address.family(), arrival.icmp_type, arrival.icmp_code);
  return {arrival.error, std::string(words) + from};
}

// Takes one arrival; true when it is the answer.
base::Result<bool> consider(Exchange& exchange, const Question& question, const env::Arrival& arrival,
                            record::ProbeResult& result) {
  using Kind = env::Arrival::Kind;
  if (arrival.kind == Kind::transmitted) {
    if (arrival.send_number == exchange.send_number) exchange.trip.sent_stamp = arrival.stamp;
    return false;
  }
  if (arrival.peer != question.to) return false;
  if (arrival.kind == Kind::error) return quoted_error(arrival, question.to);
  if (!question.is_answer(arrival.data)) {
    note_strange(exchange, arrival.received_at, arrival.data.size(), result);
    return false;
  }
  exchange.trip.received_at = arrival.received_at;
  exchange.trip.received_stamp = arrival.stamp;
  return true;
}

env::Task<base::Result<Message>> await_answer(env::DatagramSocket& socket, const Question& question, Exchange& exchange,
                                              record::ProbeResult& result) {
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await socket.receive(arrivals, kMaxArrivals);
    if (!received) co_return received.error();
    // To the end even when the answer is found: the transmit stamp may stand behind it.
    std::optional<Message> answer;
    for (auto& arrival : arrivals) {
      const auto found = consider(exchange, question, arrival, result);
      if (!found) co_return found.error();
      if (*found) answer = std::move(arrival.data);
    }
    if (answer) co_return std::move(*answer);
  }
}

std::string nothing_usable(const Exchange& exchange, base::Duration timeout) {
  const std::string within = " within " + base::to_string(timeout);
  if (exchange.phase == record::Phase::connect) return "no connection" + within;
  if (exchange.phase == record::Phase::tls) return "no end of the TLS handshake" + within;
  if (exchange.strange == 0) return "no answer" + within;
  return fmt::format(
      "no answer to the question{}, but {}", within,
      exchange.strange == 1 ? "1 message that is none" : fmt::format("{} messages that are none", exchange.strange));
}

}  // namespace

env::Task<base::Result<Message>> ask_by_datagram(env::Env env, env::DatagramSocket& socket, Question question,
                                                 base::Instant deadline, Exchange& exchange,
                                                 record::ProbeResult& result) {
  exchange.phase = record::Phase::connect;
  const base::Duration wall_before = wall_offset(env);
  exchange.trip.sent_at = env.clock.now();
  const auto sent = socket.send(question.to, question.bytes);
  if (!sent) co_return sent.error();
  exchange.send_number = *sent;
  exchange.phase = record::Phase::first_byte;
  auto waiting = await_answer(socket, question, exchange, result);
  auto answer = co_await env::with_deadline<Message>(env.clock, deadline, std::move(waiting));
  exchange.trip.wall_stepped = wall_offset(env) - wall_before;
  co_return answer;
}

void note_strange(Exchange& exchange, base::Instant at, std::size_t bytes, record::ProbeResult& result) {
  ++exchange.strange;
  note(result, at, record::Direction::came, fmt::format("{} bytes that are no answer to it", bytes));
}

record::ProbeResult failed(record::ProbeResult result, const base::Error& error, const Exchange& exchange,
                           base::Duration timeout) {
  using record::Outcome;
  if (error.kind != base::ErrorKind::timeout) return failed(std::move(result), error, exchange.phase);
  const Outcome outcome = exchange.strange == 0 ? Outcome::timeout : Outcome::bad_answer;
  return failed(std::move(result), outcome, exchange.phase, nothing_usable(exchange, timeout));
}

}  // namespace holter::probe

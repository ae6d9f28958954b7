#include "probe/http.h"

#include <algorithm>

#include "http/codec.h"
#include "probe/measurement.h"

namespace holter::probe {
namespace {

using env::HttpPhase;
using record::Outcome;
using record::Phase;

constexpr int kFirstErrorStatus = 400;
constexpr std::size_t kDateLength = 10;  // of "2026-03-01T12:34:56.789Z"

Phase phase_of(HttpPhase phase) {
  switch (phase) {
    case HttpPhase::resolve: return Phase::resolve;
    case HttpPhase::connect: return Phase::connect;
    case HttpPhase::tls: return Phase::tls;
    case HttpPhase::first_byte: return Phase::first_byte;
    case HttpPhase::transfer: return Phase::transfer;
  }
  return Phase::transfer;
}

// "1,234 bytes"
std::string bytes_text(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits + (count == 1 ? " byte" : " bytes");
}

std::string status_text(const env::HttpAnswer& answer) {
  const std::string_view reason = http::reason_phrase(answer.status);
  return std::to_string(answer.status) + (reason.empty() ? "" : ' ' + std::string(reason));
}

const base::UntrustedText* location(const env::HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    const bool is_it = std::ranges::equal(name.raw(), std::string_view("location"), {},
                                          [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    if (is_it) return &value;
  }
  return nullptr;
}

std::optional<base::WallTime> certificate_end(const env::HttpAnswer& answer) {
  if (!answer.tls || !answer.tls->certificate) return std::nullopt;
  return answer.tls->certificate->ends;
}

// "200 OK, HTTP/2, 1,234 bytes, TLSv1.3, certificate until 2026-12-01"
std::string answer_text(const env::HttpAnswer& answer) {
  std::string text = status_text(answer);
  const auto* const to = answer.status / 100 == 3 ? location(answer) : nullptr;
  if (to != nullptr) text += " to " + to->raw();
  if (!answer.version.empty()) text += ", " + answer.version;
  text += ", " + bytes_text(answer.body_bytes);
  if (!answer.tls) return text;
  text += ", " + answer.tls->version;
  if (const auto ends = certificate_end(answer)) {
    text += ", certificate until " + base::to_string(*ends).substr(0, kDateLength);
  }
  return text;
}

void note_facts(record::ProbeResult& result, const env::HttpAnswer& answer) {
  add_fact(result.facts, "status", std::int64_t{answer.status});
  add_fact(result.facts, "version", base::UntrustedText(answer.version));
  add_fact(result.facts, "body_bytes", static_cast<std::int64_t>(answer.body_bytes));
  if (const auto* const to = location(answer)) add_fact(result.facts, "location", *to);
  if (!answer.tls) return;
  add_fact(result.facts, "tls_version", base::UntrustedText(answer.tls->version));
  if (const auto ends = certificate_end(answer)) {
    add_fact(result.facts, "certificate_left", *ends - result.started);
  }
}

// Each phase that ended, at the time it ended.
void note_steps(record::ProbeResult& result, const env::HttpExchange& exchange) {
  using record::Direction;
  base::Instant at = result.started_instant;
  const auto ended = [&](HttpPhase phase) {
    const auto& took = exchange.times[static_cast<std::size_t>(phase)];
    if (took) at = at + *took;
    return took.has_value();
  };
  if (ended(HttpPhase::resolve)) note(result, at, Direction::noted, "resolved");
  if (ended(HttpPhase::connect)) note(result, at, Direction::noted, "connected to " + result.address);
  if (ended(HttpPhase::tls) && exchange.answer.tls) note(result, at, Direction::noted, exchange.answer.tls->version);
  if (exchange.times[static_cast<std::size_t>(HttpPhase::connect)]) {
    note(result, at, Direction::sent, "GET " + result.target.raw());
  }
  if (ended(HttpPhase::first_byte)) note(result, at, Direction::came, status_text(exchange.answer));
  if (ended(HttpPhase::transfer)) note(result, at, Direction::came, bytes_text(exchange.answer.body_bytes));
}

std::string late_text(HttpPhase phase, base::Duration timeout) {
  const std::string within = " within " + base::to_string(timeout);
  switch (phase) {
    case HttpPhase::resolve: return "the name had no address" + within;
    case HttpPhase::connect: return "no connection" + within;
    case HttpPhase::tls: return "no end of the TLS handshake" + within;
    case HttpPhase::first_byte: return "no answer" + within;
    case HttpPhase::transfer: return "no end of the answer" + within;
  }
  return "nothing" + within;
}

record::ProbeResult judge_failure(record::ProbeResult result, const env::HttpExchange& exchange,
                                  base::Duration timeout) {
  const base::Error& error = *exchange.failure;
  const Phase phase = phase_of(exchange.phase);
  switch (error.kind) {
    case base::ErrorKind::timeout:
      return failed(std::move(result), Outcome::timeout, phase, late_text(exchange.phase, timeout));
    case base::ErrorKind::closed:
    case base::ErrorKind::too_large: {
      const bool began = exchange.answer.status != 0;
      const std::string status = began ? status_text(exchange.answer) + ", but " : "";
      return failed(std::move(result), Outcome::bad_answer, phase, status + error.message);
    }
    default: return failed(std::move(result), error, phase);
  }
}

}  // namespace

record::ProbeResult judge_http(record::ProbeResult result, const env::HttpExchange& exchange, base::Duration timeout,
                               const Expectations& expectations) {
  if (exchange.address) result.address = base::to_string(*exchange.address);
  for (std::size_t i = 0; i < env::kHttpPhaseCount; ++i) {
    result.phases[static_cast<std::size_t>(phase_of(static_cast<HttpPhase>(i)))] = exchange.times[i];
  }
  note_steps(result, exchange);
  if (exchange.failure) return judge_failure(std::move(result), exchange, timeout);
  const std::string detail = answer_text(exchange.answer);
  note_facts(result, exchange.answer);
  if (exchange.answer.status >= kFirstErrorStatus && !expectations.mention("status")) {
    return failed(std::move(result), Outcome::bad_answer, Phase::first_byte, detail);
  }
  base::Duration rtt;
  for (const auto phase : {Phase::connect, Phase::tls, Phase::first_byte}) {
    rtt += result.phases[static_cast<std::size_t>(phase)].value_or(base::Duration::zero());
  }
  result.rtt = rtt;
  result.detail = base::UntrustedText(detail, kMaxDetailBytes);
  return result;
}

env::Task<record::ProbeResult> probe_http(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  auto result = begin(env, plan);
  env::HttpRequest request;
  request.url = plan.target;
  request.deadline = result.started_instant + plan.timeout;
  request.max_body_bytes = kMaxHttpBodyBytes;
  const auto exchange = co_await env.http.exchange(std::move(request));
  co_return judge_http(std::move(result), exchange, plan.timeout, expectations);
}

}  // namespace holter::probe

#include "probe/http/answer.h"

#include <algorithm>

#include "http/content_coding.h"
#include "http/http_date.h"
#include "probe/measurement.h"
#include "probe/tls_facts.h"

namespace holter::probe {
namespace {

using env::HttpPhase;
using record::Outcome;
using record::Phase;

constexpr int kFirstErrorStatus = 400;

// "200 OK, HTTP/2, 1,234 bytes, TLSv1.3, certificate until 2026-12-01"
std::string answer_text(const HttpVisit& visit, std::uint64_t body_bytes) {
  const env::HttpAnswer& answer = visit.last().answer;
  std::string text = status_text(answer.status);
  const auto* const to = answer.status / 100 == 3 ? header_of(answer, "location") : nullptr;
  if (to != nullptr) text += " to " + base::masked_url(to->raw());
  if (!answer.version.empty()) text += ", " + answer.version;
  text += ", " + bytes_text(body_bytes);
  if (visit.redirects() > 0) text += " of " + base::to_string(visit.order().url);
  return answer.tls ? text + ", " + tls_text(*answer.tls) : text;
}

std::string lower(const std::string& text) {
  std::string lowered = text;
  std::ranges::transform(lowered, lowered.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lowered;
}

void note_answer(record::ProbeResult& result, const HttpVisit& visit, std::uint64_t body_bytes) {
  const env::HttpAnswer& answer = visit.last().answer;
  add_fact(result.facts, "status", std::int64_t{answer.status});
  add_fact(result.facts, "version", base::UntrustedText(answer.version));
  add_fact(result.facts, "body_bytes", static_cast<std::int64_t>(body_bytes));
  add_fact(result.facts, "redirects", std::int64_t{visit.redirects()});
  add_fact(result.facts, "url", base::UntrustedText(base::to_string(visit.order().url)));
  if (const auto* const to = header_of(answer, "location")) {
    add_fact(result.facts, "location", base::UntrustedText(base::masked_url(to->raw())));
  }
  if (const auto* const date = header_of(answer, "last-modified")) {
    if (const auto at = http::parse_http_date(date->raw())) add_fact(result.facts, "last_modified", *at);
  }
  if (const auto* const coding = header_of(answer, "content-encoding")) add_fact(result.facts, "encoding", *coding);
}

// Only what is asked for: an answer may have more headers than a result has room for facts.
void note_headers(record::ProbeResult& result, const env::HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    add_fact(result.facts, "header", base::UntrustedText(lower(name.raw()) + ": " + value.raw()));
  }
}

base::Result<void> note_json(record::ProbeResult& result, const HttpVisit& visit, std::string_view body) {
  const auto values = look_up(visit.order().json_paths, body);
  if (!values) return values.error();
  for (const JsonValue& value : *values) {
    add_fact(result.facts, "json", base::UntrustedText(value.text));
    if (value.number) add_fact(result.facts, "json_number", *value.number);
  }
  return {};
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

record::ProbeResult judge_failure(record::ProbeResult result, const HttpVisit& visit, base::Duration timeout) {
  const env::HttpExchange& exchange = visit.last();
  const base::Error& error = *exchange.failure;
  const Phase phase = phase_of(exchange.phase);
  const bool began = exchange.answer.status != 0;
  const std::string where = visit.redirects() > 0 ? base::to_string(visit.order().url) + ": " : "";
  switch (error.kind) {
    case base::ErrorKind::timeout:
      return failed(std::move(result), Outcome::timeout, phase, where + late_text(exchange.phase, timeout));
    case base::ErrorKind::closed:
    case base::ErrorKind::too_large: {
      const std::string status = began ? status_text(exchange.answer.status) + ", but " : "";
      return failed(std::move(result), Outcome::bad_answer, phase, where + status + error.message);
    }
    default: return failed(std::move(result), base::Error{error.kind, where + error.message}, phase);
  }
}

// Why the answer is none of those asked for, whatever its status.
std::optional<std::string> objection(const HttpVisit& visit) {
  if (visit.stopped()) return visit.stopped();
  const bool wants_http2 = visit.order().request.version == env::HttpVersion::http2;
  const std::string& version = visit.last().answer.version;
  if (wants_http2 && version != "HTTP/2") return status_text(visit.last().answer.status) + ", but " + version;
  return std::nullopt;
}

}  // namespace

record::ProbeResult judge_http(record::ProbeResult result, const HttpVisit& visit, base::Duration timeout,
                               const Expectations& expectations) {
  const env::HttpAnswer& answer = visit.last().answer;
  if (visit.last().failure) {
    if (answer.tls) note_tls(result, *answer.tls);
    return judge_failure(std::move(result), visit, timeout);
  }
  const auto* const coding = header_of(answer, "content-encoding");
  const auto body =
      http::unpack(coding == nullptr ? "" : coding->raw(), answer.body.raw(), kMaxHttpBodyBytes, kMaxHttpBodyBytes);
  const std::uint64_t body_bytes = body ? body->bytes : answer.body_bytes;
  note_answer(result, visit, body_bytes);
  if (answer.tls) note_tls(result, *answer.tls);
  const auto bad = [&result](Phase phase, std::string detail) {
    return failed(std::move(result), Outcome::bad_answer, phase, std::move(detail));
  };
  if (const auto why = objection(visit)) return bad(Phase::first_byte, *why);
  const std::string detail = answer_text(visit, body_bytes);
  if (answer.status >= kFirstErrorStatus && !expectations.mention("status")) return bad(Phase::first_byte, detail);
  const std::string but = status_text(answer.status) + ", but ";
  if (!body) return bad(Phase::transfer, but + body.error().message);
  if (const auto noted = note_json(result, visit, body->text); !visit.order().json_paths.empty() && !noted) {
    return bad(Phase::transfer, but + noted.error().message);
  }
  if (expectations.mention("body")) add_fact(result.facts, "body", base::UntrustedText(body->text, kMaxHttpBodyBytes));
  if (expectations.mention("header")) note_headers(result, answer);
  base::Duration rtt;
  for (const auto phase : {Phase::connect, Phase::tls, Phase::first_byte}) {
    rtt += result.phases[static_cast<std::size_t>(phase)].value_or(base::Duration::zero());
  }
  result.outcome = Outcome::ok;
  result.rtt = rtt;
  result.detail = base::UntrustedText(detail, kMaxDetailBytes);
  return result;
}

}  // namespace holter::probe

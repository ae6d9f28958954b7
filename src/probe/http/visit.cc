#include "probe/http/visit.h"

#include <algorithm>

#include "http/codec.h"
#include "probe/measurement.h"

namespace holter::probe {
namespace {

using env::HttpPhase;
using record::Direction;
using record::Phase;

constexpr auto kSecretHeaders = std::to_array<std::string_view>({"authorization", "cookie", "host"});
constexpr auto kRedirects = std::to_array({301, 302, 303, 307, 308});

char small(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

bool is_name(std::string_view name, std::string_view wanted) { return std::ranges::equal(name, wanted, {}, small); }

bool is_body_header(std::string_view name) {
  constexpr std::string_view kPrefix = "content-";
  return is_name(name.substr(0, kPrefix.size()), kPrefix);
}

// Each phase that ended, at the time it ended.
void note_steps(record::ProbeResult& result, const env::HttpExchange& exchange, base::Instant at,
                const std::string& asked) {
  const auto ended = [&](HttpPhase phase) {
    const auto& took = exchange.times[static_cast<std::size_t>(phase)];
    if (took) at = at + *took;
    return took.has_value();
  };
  const auto& answer = exchange.answer;
  if (ended(HttpPhase::connect)) note(result, at, Direction::noted, "connected to " + result.address);
  if (ended(HttpPhase::tls) && answer.tls) {
    note(result, at, Direction::noted, answer.tls->version + ", " + answer.tls->cipher);
  }
  if (exchange.times[static_cast<std::size_t>(HttpPhase::connect)]) note(result, at, Direction::sent, asked);
  if (ended(HttpPhase::first_byte) && answer.status != 0) note(result, at, Direction::came, status_text(answer.status));
  if (ended(HttpPhase::transfer)) note(result, at, Direction::came, bytes_text(answer.body_bytes));
}

}  // namespace

const base::UntrustedText* header_of(const env::HttpAnswer& answer, std::string_view name) {
  const auto found =
      std::ranges::find_if(answer.headers, [name](const auto& h) { return is_name(h.first.raw(), name); });
  return found == answer.headers.end() ? nullptr : &found->second;
}

std::string status_text(int status) {
  const std::string_view reason = http::reason_phrase(status);
  return std::to_string(status) + (reason.empty() ? "" : ' ' + std::string(reason));
}

std::string bytes_text(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits + (count == 1 ? " byte" : " bytes");
}

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

std::string HttpVisit::host() const {
  if (!order_.request.unix_socket.empty()) return {};
  return order_.proxy ? order_.proxy->at.host : order_.url.at.host;
}

env::HttpRequest HttpVisit::request(base::Instant deadline, std::vector<base::IpAddress> addresses) const {
  env::HttpRequest request = order_.request;
  request.url = base::to_string(order_.url);
  request.deadline = deadline;
  request.addresses = std::move(addresses);
  request.max_body_bytes = kMaxHttpBodyBytes;
  request.keep_body_bytes = kMaxHttpBodyBytes;
  return request;
}

bool HttpVisit::take(env::HttpExchange exchange, base::Instant asked, record::ProbeResult& result) {
  last_ = std::move(exchange);
  if (last_.address) result.address = base::to_string(*last_.address);
  for (std::size_t i = 0; i < env::kHttpPhaseCount; ++i) {
    auto& sum = result.phases[static_cast<std::size_t>(phase_of(static_cast<HttpPhase>(i)))];
    if (last_.times[i]) sum = sum.value_or(base::Duration::zero()) + *last_.times[i];
  }
  note_steps(result, last_, asked, order_.request.method + ' ' + base::to_string(order_.url));
  return !last_.failure && redirect();
}

bool HttpVisit::redirect() {
  const int status = last_.answer.status;
  const auto* const location = header_of(last_.answer, "location");
  const bool leads_on = std::ranges::find(kRedirects, status) != kRedirects.end() && location != nullptr;
  if (!leads_on || order_.redirects == 0) return false;
  const std::string words = status_text(status) + " to " + base::masked_url(location->raw());
  const auto to = base::follow(order_.url, location->raw());
  if (!to) {
    stopped_ = words + ", a URL that " + to.error().message;
    return false;
  }
  if (redirects_ == order_.redirects) {
    stopped_ = "redirected more than " + std::to_string(order_.redirects) + " times, at last " + words;
    return false;
  }
  ++redirects_;
  env::HttpRequest& request = order_.request;
  const bool asks_anew = status == 303 || (status != 307 && status != 308 && request.method == "POST");
  if (asks_anew && request.method != "HEAD") {
    request.method = "GET";
    request.body.reset();
    std::erase_if(request.headers, [](const auto& header) { return is_body_header(header.first); });
  }
  go_to(*to);
  return true;
}

void HttpVisit::go_to(base::HttpUrl url) {
  const bool same_origin = url.secure == order_.url.secure && url.at == order_.url.at;
  if (!same_origin) {
    std::erase_if(order_.request.headers, [](const auto& header) {
      return std::ranges::any_of(kSecretHeaders, [&](auto secret) { return is_name(header.first, secret); });
    });
  }
  order_.url = std::move(url);
}

}  // namespace holter::probe

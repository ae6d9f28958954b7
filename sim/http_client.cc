#include "sim/http_client.h"

#include "base/url.h"
#include "http/codec.h"

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;
using env::HttpExchange;
using env::HttpPhase;

// What one request goes through; the exchange outlives it and knows at any moment how far it came.
struct Asked {
  env::Clock& clock;
  env::Network& network;
  base::HttpUrl url;
  std::vector<base::IpAddress> addresses;
  env::Egress egress;
  std::string request;
  std::size_t max_body;
  std::size_t keep_body;
  HttpExchange& exchange;
};

base::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string request_text(const base::HttpUrl& url, const env::HttpRequest& request) {
  env::HttpHeaders headers = {{"Host", url.at.host}, {"User-Agent", "holter"}, {"Connection", "close"}};
  if (request.body) headers.emplace_back("Content-Length", std::to_string(request.body->size()));
  for (const auto& own : request.headers) {
    std::erase_if(headers, [&](const auto& usual) { return usual.first == own.first; });
  }
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  std::string text = request.method + ' ' + url.path + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + request.body.value_or("");
}

// Ends the phase that began at `start`, and begins the next.
base::Instant next_phase(Asked& asked, base::Instant start, HttpPhase next) {
  const base::Instant now = asked.clock.now();
  asked.exchange.time(asked.exchange.phase) = now - start;
  asked.exchange.phase = next;
  return now;
}

void take_answer(http::Response response, Asked& asked) {
  env::HttpAnswer& answer = asked.exchange.answer;
  answer.status = response.status;
  answer.version = "HTTP/1.1";
  answer.body_bytes = response.body.size();
  answer.body = base::UntrustedText(response.body, asked.keep_body);
  for (const auto& [name, value] : response.headers) {
    answer.headers.emplace_back(base::UntrustedText(name), base::UntrustedText(value));
  }
}

env::Task<base::Result<http::Response>> read_answer(env::ByteStream& stream, Asked& asked) {
  http::ResponseParser parser(asked.max_body);
  std::array<std::uint8_t, 4'096> part;
  base::Instant start = asked.clock.now();
  while (!parser.is_done()) {
    const auto got = co_await stream.read_some(part);
    if (!got) {
      parser.end_of_stream();
      if (parser.is_done()) break;
      co_return Error{ErrorKind::closed, "the connection ended before the answer did: " + got.error().message};
    }
    if (asked.exchange.phase == HttpPhase::first_byte) start = next_phase(asked, start, HttpPhase::transfer);
    const auto fed = parser.feed(base::Bytes(part).first(*got));
    if (fed) continue;
    const bool too_large = fed.error().kind == ErrorKind::too_large;
    co_return Error{too_large ? ErrorKind::too_large : ErrorKind::corrupt, fed.error().message};
  }
  next_phase(asked, start, HttpPhase::transfer);
  co_return parser.take();
}

env::Task<base::Result<void>> carry_out(Asked asked) {
  base::Instant start = asked.clock.now();
  const bool known = !asked.addresses.empty();
  if (!known) {
    auto resolved = co_await asked.network.resolve(asked.url.at.host);
    if (!resolved) co_return resolved.error();
    asked.addresses = std::move(*resolved);
  }
  start = next_phase(asked, start, HttpPhase::connect);
  if (known || base::IpAddress::parse(asked.url.at.host)) asked.exchange.time(HttpPhase::resolve).reset();
  const base::IpAddress address = asked.addresses.at(0);
  asked.exchange.address = address;

  auto stream = co_await asked.network.connect({address, asked.url.at.port}, asked.egress);
  if (!stream) co_return stream.error();
  next_phase(asked, start, asked.url.secure ? HttpPhase::tls : HttpPhase::first_byte);
  if (asked.url.secure) co_return Error{ErrorKind::corrupt, "the simulated world has no TLS"};

  const auto written = co_await (*stream)->write_all(bytes_of(asked.request));
  if (!written) co_return written.error();
  auto answer = co_await read_answer(**stream, asked);
  if (!answer) co_return answer.error();
  take_answer(std::move(*answer), asked);
  co_return base::Result<void>();
}

}  // namespace

env::Task<HttpExchange> StreamHttpClient::exchange(env::HttpRequest request) {
  HttpExchange told;
  auto url = base::parse_http_url(request.url);
  if (!url) {
    told.failure = Error{ErrorKind::invalid, "the URL " + url.error().message};
    co_return told;
  }
  if (!request.proxy.empty() || !request.unix_socket.empty()) {
    told.failure = Error{ErrorKind::unsupported, "the simulated world has no proxies and no Unix sockets for HTTP"};
    co_return told;
  }
  const std::string text = request_text(*url, request);
  Asked asked{clock_,
              network_,
              std::move(*url),
              request.addresses,
              request.egress,
              text,
              request.max_body_bytes,
              request.keep_body_bytes,
              told};
  auto carrying_out = carry_out(std::move(asked));
  const auto done = co_await env::with_deadline<void>(clock_, request.deadline, std::move(carrying_out));
  if (!done) told.failure = done.error();
  co_return told;
}

}  // namespace holter::sim

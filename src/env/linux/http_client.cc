#include "env/linux/http_client.h"

#include "env/linux/curl_transfer.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;

env::HttpExchange failed(env::HttpExchange exchange, base::Error error) {
  exchange.failure = std::move(error);
  return exchange;
}

}  // namespace

void HttpClient::close() {
  if (multi_) multi_->close();
  multi_.reset();
}

env::Task<base::Result<void>> HttpClient::prepare(bool secure) {
  if (!multi_) multi_ = CurlMulti::create(executor_, clock_);
  if (!multi_) co_return base::Error{ErrorKind::full, "libcurl has no memory"};
  if (!secure || trusted_) co_return base::Result<void>();
  auto loaded = co_await offload_.run(load_trust_store);
  if (!loaded) co_return loaded.error();
  trusted_ = std::move(*loaded);
  co_return base::Result<void>();
}

env::Task<env::HttpExchange> HttpClient::ask(env::HttpRequest request, std::optional<env::HttpContent> content) {
  using boost::asio::experimental::awaitable_operators::operator||;
  env::HttpExchange exchange;
  const auto url = base::parse_http_url(request.url);
  if (!url) co_return failed(std::move(exchange), {ErrorKind::invalid, "the URL " + url.error().message});

  const auto prepared = co_await prepare(url->secure);
  if (!prepared) {
    exchange.phase = url->secure ? env::HttpPhase::tls : env::HttpPhase::connect;
    co_return failed(std::move(exchange), prepared.error());
  }
  const base::Instant start = clock_.now();
  auto resolving = network_.resolve(url->at.host);
  const auto addresses =
      co_await env::with_deadline<std::vector<base::IpAddress>>(clock_, request.deadline, std::move(resolving));
  if (!addresses) co_return failed(std::move(exchange), addresses.error());
  if (addresses->empty()) {
    co_return failed(std::move(exchange), {ErrorKind::not_found, "the name has no address"});
  }
  if (!base::IpAddress::parse(url->at.host)) exchange.time(env::HttpPhase::resolve) = clock_.now() - start;
  exchange.address = addresses->front();
  exchange.phase = env::HttpPhase::connect;

  CurlTransfer transfer(multi_, executor_, request, trusted_);
  if ((content && !transfer.set_content(*content)) || !transfer.start(*url, *addresses)) {
    co_return failed(std::move(exchange), {ErrorKind::full, "libcurl did not take the request"});
  }
  while (!transfer.has_ended() && clock_.now() < request.deadline) {
    auto ended = transfer.wait();
    auto sleep = clock_.sleep_until(request.deadline);
    co_await (std::move(ended) || std::move(sleep));
  }
  transfer.conclude(exchange);
  if (!transfer.has_ended()) exchange.failure = base::Error{ErrorKind::timeout, "the deadline passed"};
  co_return exchange;
}

}  // namespace holter::env_linux

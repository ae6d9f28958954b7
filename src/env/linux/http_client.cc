#include "env/linux/http_client.h"

#include "base/url_user.h"
#include "env/linux/curl_transfer.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;
using env::HttpPhase;

env::HttpExchange failed(env::HttpExchange exchange, HttpPhase phase, base::Error error) {
  exchange.phase = phase;
  exchange.failure = std::move(error);
  return exchange;
}

// Where the request goes: what its URL and its proxy name.
base::Result<CurlRoute> route_of(const env::HttpRequest& request) {
  CurlRoute route;
  const auto url = base::parse_http_url(request.url);
  if (!url) return base::Error{ErrorKind::invalid, "the URL " + url.error().message};
  route.url = *url;
  if (request.proxy.empty()) return route;
  const auto taken = base::take_user(request.proxy);
  if (!taken) return base::Error{ErrorKind::invalid, "the proxy " + taken.error().message};
  const auto proxy = base::parse_http_url(taken->url);
  if (!proxy) return base::Error{ErrorKind::invalid, "the proxy " + proxy.error().message};
  if (proxy->secure) return base::Error{ErrorKind::invalid, "the proxy is https; only http:// is spoken with proxies"};
  route.proxy = *proxy;
  route.proxy_user = taken->user;
  return route;
}

}  // namespace

void HttpClient::close() {
  if (multi_) multi_->close();
  multi_.reset();
}

env::Task<env::HttpExchange> HttpClient::exchange(env::HttpRequest request) {
  env::HttpExchange exchange;
  auto route = route_of(request);
  if (!route) co_return failed(std::move(exchange), HttpPhase::resolve, route.error());
  if (!multi_) multi_ = CurlMulti::create(executor_, clock_);
  if (!multi_) co_return failed(std::move(exchange), HttpPhase::connect, {ErrorKind::full, "libcurl has no memory"});
  TlsGround ground;
  if (route->url.secure) {
    auto standing = grounds_.get(request.trust);
    auto stands = co_await std::move(standing);
    if (!stands) co_return failed(std::move(exchange), HttpPhase::tls, stands.error());
    ground = std::move(*stands);
  }
  route->addresses = request.addresses;
  if (request.unix_socket.empty() && route->addresses.empty()) {
    const base::Instant start = clock_.now();
    const std::string host = route->next_hop().at.host;
    auto resolving = network_.resolve(host);
    auto addresses =
        co_await env::with_deadline<std::vector<base::IpAddress>>(clock_, request.deadline, std::move(resolving));
    if (!addresses) co_return failed(std::move(exchange), HttpPhase::resolve, addresses.error());
    if (addresses->empty()) {
      co_return failed(std::move(exchange), HttpPhase::resolve, {ErrorKind::not_found, "the name has no address"});
    }
    if (!base::IpAddress::parse(host)) exchange.time(HttpPhase::resolve) = clock_.now() - start;
    route->addresses = std::move(*addresses);
  }
  if (request.unix_socket.empty()) exchange.address = route->addresses.front();
  exchange.phase = HttpPhase::connect;
  CurlTransfer transfer(multi_, executor_, *route, request, std::move(ground));
  if (!transfer.start()) {
    co_return failed(std::move(exchange), HttpPhase::connect, {ErrorKind::full, "libcurl did not take the request"});
  }
  while (!transfer.has_ended()) {
    auto ended = transfer.wait();
    co_await std::move(ended);
  }
  transfer.conclude(exchange);
  co_return exchange;
}

}  // namespace holter::env_linux

// HttpClient on libcurl: names are resolved by the loop's Network, so that they are timed apart and nothing blocks or
// starts a thread (with a proxy it is the proxy's name, and the proxy resolves the URL's); the rest is a CurlTransfer
// on the loop's one CurlMulti, made with the first request. Loop's thread.
#pragma once

#include "env/http_client.h"
#include "env/linux/curl_multi.h"
#include "env/linux/tls_grounds.h"
#include "env/network.h"
#include "env/offload.h"

namespace holter::env_linux {

class HttpClient final : public env::HttpClient {
 public:
  // What it refers to outlives the loop's frames.
  HttpClient(boost::asio::any_io_executor executor, env::Clock& clock, env::Network& network, env::Offload& offload)
      : executor_(std::move(executor)), clock_(clock), network_(network), grounds_(offload) {}

  // Before the loop's io_context dies: gives back what belongs to it. Nothing is asked after it.
  void close();

  env::Task<env::HttpExchange> exchange(env::HttpRequest request) override;

 private:
  boost::asio::any_io_executor executor_;
  env::Clock& clock_;
  env::Network& network_;
  TlsGrounds grounds_;
  std::shared_ptr<CurlMulti> multi_;
};

}  // namespace holter::env_linux

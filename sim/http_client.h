// HttpClient of a simulated process: HTTP/1.1 over simulated streams, with the codec of src/http. It tells what
// env/linux would tell, but for what the world has not: TLS (an https URL fails in that phase) and HTTP/2.
#pragma once

#include "env/http_client.h"
#include "env/network.h"

namespace holter::sim {

class StreamHttpClient final : public env::HttpClient {
 public:
  StreamHttpClient(env::Clock& clock, env::Network& network) : clock_(clock), network_(network) {}

  env::Task<env::HttpExchange> get(env::HttpRequest request) override { return ask(std::move(request), std::nullopt); }
  env::Task<env::HttpExchange> post(env::HttpRequest request, env::HttpContent content) override {
    return ask(std::move(request), std::move(content));
  }

 private:
  env::Task<env::HttpExchange> ask(env::HttpRequest request, std::optional<env::HttpContent> content);

  env::Clock& clock_;
  env::Network& network_;
};

}  // namespace holter::sim

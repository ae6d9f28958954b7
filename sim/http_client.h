// HttpClient of a simulated process: HTTP/1.1 over simulated streams, with the codec of src/http. It tells what
// env/linux would tell, but for what the world has not: TLS (an https URL fails in that phase), HTTP/2, proxies and
// Unix sockets for HTTP.
#pragma once

#include "env/http_client.h"
#include "env/network.h"

namespace holter::sim {

class StreamHttpClient final : public env::HttpClient {
 public:
  StreamHttpClient(env::Clock& clock, env::Network& network) : clock_(clock), network_(network) {}

  env::Task<env::HttpExchange> exchange(env::HttpRequest request) override;

 private:
  env::Clock& clock_;
  env::Network& network_;
};

}  // namespace holter::sim

// CurlTransfer is one request on an easy handle: its options, its limits, and what came of it. Destroying it aborts the
// request. The multi handle is told of the socket it wants; the ICMP error that ended a connection attempt comes back.
// Loop's thread.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/url.h"
#include "base/url_user.h"
#include "env/http_client.h"
#include "env/linux/curl_multi.h"
#include "env/linux/tls_witness.h"

namespace holter::env_linux {

struct CurlRoute {
  base::HttpUrl url;
  std::optional<base::HttpUrl> proxy = {};
  std::optional<base::UrlUser> proxy_user = {};
  std::vector<base::IpAddress> addresses = {};  // of the next hop, in the order to try; none with a Unix socket

  const base::HttpUrl& next_hop() const { return proxy ? *proxy : url; }
};

class CurlTransfer final : public CurlTransferEnd {
 public:
  // `route` and `request` outlive it.
  CurlTransfer(std::shared_ptr<CurlMulti> multi, const boost::asio::any_io_executor& executor, const CurlRoute& route,
               const env::HttpRequest& request, TlsGround ground);
  ~CurlTransfer() override;
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // False when this host is out of memory.
  bool start();
  bool has_ended() const { return code_.has_value(); }
  env::Task<void> wait() { return ended_.wait(); }
  // What is known by now: after the end, or at the deadline.
  void conclude(env::HttpExchange& exchange);

 private:
  void ended(CURLcode code) override;
  void icmp_error(base::Error error) override { icmp_ = std::move(error); }

  bool may_connect_to(const curl_sockaddr& address) const;
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* multi, curl_socket_t fd);
  static CURLcode on_tls_begin(CURL*, void* context, void* self);
  static int on_connected(void* self, char*, char*, int, int);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);

  template <class Value>
  bool set(CURLoption option, Value value) {
    return curl_easy_setopt(easy_, option, value) == CURLE_OK;
  }
  bool set_habits();
  bool set_request();
  bool set_headers();
  bool set_way();
  bool set_callbacks();
  void take_header(std::string_view line);
  void take_length(std::string_view value);
  void read_times(env::HttpExchange& exchange);
  base::Error failure(env::HttpPhase phase) const;

  std::shared_ptr<CurlMulti> multi_;
  env::Signal ended_;
  CURL* easy_;
  curl_slist* resolved_ = nullptr;
  curl_slist* headers_ = nullptr;
  const CurlRoute& route_;
  const env::HttpRequest& request_;
  TlsWitness witness_;  // https only
  base::Instant started_;
  std::optional<base::Instant> tls_began_;
  std::size_t header_bytes_ = 0;
  std::optional<std::string> too_large_;
  std::optional<std::string> malformed_;
  std::optional<curl_off_t> length_;  // as a header told it
  std::optional<base::Error> icmp_;
  std::optional<base::Error> not_opened_;
  std::optional<CURLcode> code_;
  std::string body_;
  env::HttpAnswer answer_;
  std::array<char, CURL_ERROR_SIZE> words_{};
};

}  // namespace holter::env_linux

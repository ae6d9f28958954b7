// HttpClient asks web servers: one request, one answer, every phase timed. A request has a deadline and limits of
// header and body, always. Nothing is followed (a redirect is an answer), decompressed, cached, kept or taken from the
// environment (no proxy variables): each request resolves its name, makes its own connection and closes it, so that
// every phase is measured every time. `env/linux` is libcurl (RFC 9112, RFC 9113), `sim` speaks HTTP/1.1 over simulated
// streams and knows neither TLS nor proxies nor Unix sockets.
//
// Loop's thread. Cancelling the task aborts the transfer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "base/untrusted_text.h"
#include "env/egress.h"
#include "env/task.h"
#include "env/tls.h"

namespace holter::env {

inline constexpr std::size_t kMaxHttpHeaderBytes = 64 * 1024;  // of an answer, status line included
inline constexpr std::size_t kMaxHttpHeaders = 256;
inline constexpr std::size_t kMaxHttpAddresses = 8;  // of a name; they are tried in their order

// In this order. A phase that was not gone through (tls of plain http, resolve of an address) has no time.
enum class HttpPhase : std::uint8_t { resolve, connect, tls, first_byte, transfer };
inline constexpr std::size_t kHttpPhaseCount = 5;

enum class HttpVersion : std::uint8_t {
  any,    // HTTP/2 where TLS agrees on it, else HTTP/1.1
  http1,  // HTTP/1.1
  http2,  // over plain http without asking before (prior knowledge); over TLS an answer may be HTTP/1.1 all the same
};

// Whom https trusts, and as whom it comes. Files hold PEM.
struct HttpTrust {
  bool verify = true;            // false: whatever certificate comes is taken, and what is wrong with it is told
  std::string ca_file = {};      // trusted in the place of what this host trusts
  std::string certificate = {};  // of the own side, with its chain
  std::string key = {};          // its key; empty: it stands in the same file

  friend bool operator==(const HttpTrust&, const HttpTrust&) = default;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string url;  // as base::parse_http_url takes it
  base::Instant deadline;
  std::string method = "GET";  // a token of RFC 9110
  // Beside Host, User-Agent and Content-Length, or in their place. They hold no control characters.
  HttpHeaders headers = {};
  std::optional<std::string> body = {};
  HttpVersion version = HttpVersion::any;
  HttpTrust trust = {};
  std::string proxy = {};  // "http://proxy.example:3128"; empty: none
  // Of the host to connect to (the URL's, or the proxy's), in the order to try; empty: its name is resolved.
  std::vector<base::IpAddress> addresses = {};
  Egress egress = {};
  std::string unix_socket = {};              // a path, to connect to in the place of the URL's host
  std::size_t max_body_bytes = 1024 * 1024;  // a longer body ends the transfer: ErrorKind::too_large
  std::size_t keep_body_bytes = 0;           // of its beginning
};

struct HttpAnswer {
  int status = 0;
  std::string version;  // "HTTP/1.1", "HTTP/2"
  std::vector<std::pair<base::UntrustedText, base::UntrustedText>> headers;
  base::UntrustedText body;  // the first keep_body_bytes
  std::uint64_t body_bytes = 0;
  std::optional<TlsFacts> tls;
};

// What became of a request. `failure` says why there is no whole answer:
//
//   invalid      not a URL                          refused     the host said no
//   not_found    no such name                       unreachable a router or the own host said no way
//   timeout      the deadline                       closed      the peer ended the connection before its answer did
//   too_large    header or body                     corrupt     what came is no HTTP; a certificate that does not hold
//   unsupported  no trusted certificates, or a file of HttpTrust that cannot be used
//   permission, full, io: this host
struct HttpExchange {
  HttpPhase phase = HttpPhase::resolve;  // that was under way at the end
  std::array<std::optional<base::Duration>, kHttpPhaseCount> times;
  std::optional<base::IpAddress> address;  // that answered, or was asked first
  std::optional<base::Error> failure;
  HttpAnswer answer;  // as far as it came

  std::optional<base::Duration>& time(HttpPhase of) { return times[static_cast<std::size_t>(of)]; }
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  virtual Task<HttpExchange> exchange(HttpRequest request) = 0;
};

}  // namespace holter::env

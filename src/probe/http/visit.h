// HttpVisit is one http probe as a chain of requests: the first, and those that redirects lead to (RFC 9110, 15.4). It
// says what to ask next, adds up the phases of all and writes the transcript. Whoever is redirected to another origin
// is told no secret: `Authorization`, `Cookie` and a `Host` of the plan stay behind. Pure.
#pragma once

#include "probe/http/options.h"
#include "record/probe_result.h"

namespace holter::probe {

inline constexpr std::size_t kMaxHttpBodyBytes = 1024 * 1024;  // as it comes, and unpacked

class HttpVisit {
 public:
  explicit HttpVisit(HttpOrder order) : order_(std::move(order)) {}

  // Whose name is to be resolved: the URL's, or that of the proxy; empty over a Unix socket.
  std::string host() const;
  env::HttpRequest request(base::Instant deadline, std::vector<base::IpAddress> addresses) const;
  // What became of it, which began at `asked`. True: a redirect is to be followed by the next request.
  bool take(env::HttpExchange exchange, base::Instant asked, record::ProbeResult& result);

  const env::HttpExchange& last() const { return last_; }
  const HttpOrder& order() const { return order_; }  // with the URL that was asked last
  std::uint32_t redirects() const { return redirects_; }
  // Why a redirect was not followed that should have been; a whole sentence.
  const std::optional<std::string>& stopped() const { return stopped_; }

 private:
  bool redirect();
  void go_to(base::HttpUrl url);

  HttpOrder order_;
  env::HttpExchange last_;
  std::uint32_t redirects_ = 0;
  std::optional<std::string> stopped_;
};

// The value of a header of the answer, by its name in small letters; null when there is none.
const base::UntrustedText* header_of(const env::HttpAnswer& answer, std::string_view name);
// "404 Not Found"
std::string status_text(int status);
// "1,234 bytes"
std::string bytes_text(std::uint64_t count);
record::Phase phase_of(env::HttpPhase phase);

}  // namespace holter::probe

// CookieJar proves that somebody receives what is sent to an address, without remembering whom it asked: a cookie is a
// code over the address, the port and the incarnation under a secret of this start, good for one to two minutes. A
// datagram that was recorded before a restart, or that lies about its source, cannot have one. After the
// cookies of RFC 9147 and DNS (RFC 7873). Pure; one thread.
#pragma once

#include "base/ip.h"
#include "base/time.h"
#include "heartbeat/hmac.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {

using Cookie = std::array<std::uint8_t, kCookieBytes>;

class CookieJar {
 public:
  // A cookie is good in the period that it is of and in the one after it.
  static constexpr base::Duration kPeriod = base::Duration::seconds(64);

  // `secret` is drawn at each start.
  explicit CookieJar(const Secret& secret) : secret_(secret) {}

  Cookie bake(const base::Endpoint& peer, std::uint64_t incarnation, base::Instant now);
  // Any bytes.
  bool is_good(base::Bytes cookie, const base::Endpoint& peer, std::uint64_t incarnation, base::Instant now);

 private:
  Cookie of_period(const base::Endpoint& peer, std::uint64_t incarnation, std::uint64_t period);

  Secret secret_;
  Hmac hmac_;
};

}  // namespace holter::heartbeat

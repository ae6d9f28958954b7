#include "heartbeat/cookie.h"

#include <algorithm>

namespace holter::heartbeat {
namespace {

std::uint64_t period_of(base::Instant now) {
  return static_cast<std::uint64_t>(now.in_nanoseconds() / CookieJar::kPeriod.in_nanoseconds());
}

template <class Number>
std::uint8_t* put(std::uint8_t* at, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) *at++ = static_cast<std::uint8_t>(number >> (8 * i));
  return at;
}

}  // namespace

// Its first byte says of which period it is, so that one code is enough to judge it.
Cookie CookieJar::of_period(const base::Endpoint& peer, std::uint64_t incarnation, std::uint64_t period) {
  std::array<std::uint8_t, 32> said{};
  std::uint8_t* at = put(said.data(), incarnation);
  at = put(at, period);
  at = put(at, peer.address.zone());
  put(at, peer.port);
  const Mac code = hmac_(secret_, {said, peer.address.bytes()});
  Cookie cookie;
  static_assert(kCookieBytes <= kMacBytes);
  std::copy_n(code.begin(), cookie.size(), cookie.begin());
  cookie[0] = static_cast<std::uint8_t>(period);
  return cookie;
}

Cookie CookieJar::bake(const base::Endpoint& peer, std::uint64_t incarnation, base::Instant now) {
  return of_period(peer, incarnation, period_of(now));
}

bool CookieJar::is_good(base::Bytes cookie, const base::Endpoint& peer, std::uint64_t incarnation, base::Instant now) {
  if (cookie.size() != kCookieBytes) return false;
  const std::uint64_t age = (period_of(now) - cookie[0]) & 0xff;
  if (age > 1 || age > period_of(now)) return false;
  return same_code(cookie, of_period(peer, incarnation, period_of(now) - age));
}

}  // namespace holter::heartbeat

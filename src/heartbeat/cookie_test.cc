#include "heartbeat/cookie.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;

const base::Endpoint kPeer{base::IpAddress::v4({192, 0, 2, 7}), 40'112};
constexpr std::uint64_t kIncarnation = 0x0102030405060708;
// In the 300th period, so that its low byte has begun anew.
const Instant kNow = Instant::from_nanoseconds(0) + CookieJar::kPeriod * 300;

TEST(CookieJar, IsGoodForOneToTwoPeriods) {
  CookieJar jar({1});
  const Cookie cookie = jar.bake(kPeer, kIncarnation, kNow);
  EXPECT_TRUE(jar.is_good(cookie, kPeer, kIncarnation, kNow));
  const Duration almost = CookieJar::kPeriod * 2 - Duration::nanoseconds(1);
  EXPECT_TRUE(jar.is_good(cookie, kPeer, kIncarnation, kNow + almost));
  EXPECT_FALSE(jar.is_good(cookie, kPeer, kIncarnation, kNow + CookieJar::kPeriod * 2));
  EXPECT_FALSE(jar.is_good(cookie, kPeer, kIncarnation, kNow - Duration::nanoseconds(1)));
  EXPECT_FALSE(jar.is_good(cookie, kPeer, kIncarnation, kNow + CookieJar::kPeriod * 256)) << "its number comes again";
}

TEST(CookieJar, WorksFromTheFirstPeriodOn) {
  CookieJar jar({1});
  const Instant start = Instant::from_nanoseconds(0);
  const Cookie cookie = jar.bake(kPeer, kIncarnation, start);
  EXPECT_TRUE(jar.is_good(cookie, kPeer, kIncarnation, start));
  EXPECT_TRUE(jar.is_good(cookie, kPeer, kIncarnation, start + CookieJar::kPeriod));
  Cookie of_before = cookie;
  of_before[0] = 0xff;
  EXPECT_FALSE(jar.is_good(of_before, kPeer, kIncarnation, start));
}

TEST(CookieJar, BelongsToOneSenderOfOneStart) {
  CookieJar jar({1});
  const Cookie cookie = jar.bake(kPeer, kIncarnation, kNow);
  EXPECT_FALSE(CookieJar({2}).is_good(cookie, kPeer, kIncarnation, kNow)) << "after a restart";
  EXPECT_FALSE(jar.is_good(cookie, {kPeer.address, 40'113}, kIncarnation, kNow));
  EXPECT_FALSE(jar.is_good(cookie, {base::IpAddress::v4({192, 0, 2, 8}), kPeer.port}, kIncarnation, kNow));
  EXPECT_FALSE(jar.is_good(cookie, kPeer, kIncarnation + 1, kNow));
  const auto of_zone = [](std::uint32_t zone) {
    return base::Endpoint{base::IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, zone), 9};
  };
  const Cookie linked = jar.bake(of_zone(2), kIncarnation, kNow);
  EXPECT_TRUE(jar.is_good(linked, of_zone(2), kIncarnation, kNow));
  EXPECT_FALSE(jar.is_good(linked, of_zone(3), kIncarnation, kNow));
}

TEST(CookieJar, EveryByteCounts) {
  CookieJar jar({1});
  const Cookie cookie = jar.bake(kPeer, kIncarnation, kNow);
  for (std::size_t at = 0; at < cookie.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Cookie changed = cookie;
      changed[at] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(jar.is_good(changed, kPeer, kIncarnation, kNow)) << at << ' ' << bit;
    }
  }
  EXPECT_FALSE(jar.is_good({}, kPeer, kIncarnation, kNow));
  EXPECT_FALSE(jar.is_good(base::Bytes(cookie).first(31), kPeer, kIncarnation, kNow));
}

}  // namespace
}  // namespace holter::heartbeat

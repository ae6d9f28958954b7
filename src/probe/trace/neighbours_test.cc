#include "probe/trace/neighbours.h"

#include <gtest/gtest.h>

#include "record/path.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::Instant;

base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }
constexpr Instant kStart = Instant::from_nanoseconds(1'000'000'000'000);

TEST(NearHops, IsSharedWithinAPartOfTheNetwork) {
  NearHops near;
  near.learn(address("10.91.3.4"), 2, address("192.0.2.1"), kStart);
  near.learn(address("10.91.3.4"), 2, address("192.0.2.1"), kStart);
  ASSERT_NE(near.at(address("10.91.200.1"), 2, kStart), nullptr);
  EXPECT_EQ(near.at(address("10.91.200.1"), 2, kStart)->routers.size(), 1);
  EXPECT_EQ(near.at(address("10.91.200.1"), 3, kStart), nullptr);
  EXPECT_EQ(near.at(address("10.92.0.1"), 2, kStart), nullptr);
  near.learn(address("2001:db8:7:1::1"), 1, address("fe80::1"), kStart);
  EXPECT_NE(near.at(address("2001:db8:7:2::2"), 1, kStart), nullptr);
  EXPECT_EQ(near.at(address("2001:db8:8::1"), 1, kStart), nullptr);
}

TEST(NearHops, ForgetsWhatIsStale) {
  NearHops near;
  near.learn(address("10.91.0.1"), 1, address("192.0.2.1"), kStart);
  near.learn_complete(address("10.91.0.1"), 1, kStart);
  const Instant later = kStart + NearHops::kFreshFor + Duration::seconds(1);
  EXPECT_EQ(near.at(address("10.91.0.1"), 1, later), nullptr);
  near.learn(address("10.91.0.1"), 1, address("192.0.2.2"), later);
  EXPECT_EQ(near.at(address("10.91.0.1"), 1, later)->routers.size(), 1);
  EXPECT_FALSE(near.at(address("10.91.0.1"), 1, later)->complete);
}

TEST(NearHops, OneHoldsAClaim) {
  NearHops near;
  const int one = 0;
  const int other = 0;
  EXPECT_TRUE(near.claim(address("192.0.2.1"), &one));
  EXPECT_TRUE(near.claim(address("192.0.2.1"), &one));
  EXPECT_FALSE(near.claim(address("192.0.2.1"), &other));
  near.release(&one);
  EXPECT_TRUE(near.claim(address("192.0.2.1"), &other));
}

TEST(NearHops, HasLimits) {
  NearHops near;
  for (int i = 0; i < 100; ++i) near.learn(address("10.91.0.1"), 1, base::IpAddress::v4(0x0a000000U + i), kStart);
  EXPECT_EQ(near.at(address("10.91.0.1"), 1, kStart)->routers.size(), record::kMaxBranches);
  for (std::uint32_t i = 0; i < NearHops::kMaxParts + 100; ++i) {
    near.learn(base::IpAddress::v4(i << 16), static_cast<std::uint8_t>(1 + (i >> 16)), address("192.0.2.1"), kStart);
  }
  EXPECT_LE(near.size(), NearHops::kMaxParts);
}

}  // namespace
}  // namespace holter::probe

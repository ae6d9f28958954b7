#include "probe/icmp/burst.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::Duration;

RoundTrip trip(std::int64_t milliseconds) {
  const auto sent = base::Instant::from_nanoseconds(1'000'000'000);
  const auto stamp = base::PacketTime::from_nanoseconds(5'000'000'000);
  const auto took = Duration::milliseconds(milliseconds);
  return {sent, sent + took, stamp, stamp + took};
}

record::ProbeResult judged(const EchoBurst& burst) {
  record::ProbeResult result;
  burst.judge(result, Duration::seconds(1));
  return result;
}

std::vector<record::FactValue> values(const record::ProbeResult& result, std::string_view name) {
  std::vector<record::FactValue> found;
  for (const auto& fact : result.facts) {
    if (fact.name == name) found.push_back(fact.value);
  }
  return found;
}

std::int64_t number(const record::ProbeResult& result, std::string_view name) {
  const auto found = values(result, name);
  return found.size() == 1 ? std::get<std::int64_t>(found[0]) : -1;
}

TEST(EchoBurst, KeepsTheWholeDistributionAndAveragesNothing) {
  EchoBurst burst(4);
  for (const auto& [place, took] : {std::pair(0U, 9), std::pair(1U, 1), std::pair(3U, 3)}) {
    burst.answered(place, trip(took), 63);
    EXPECT_FALSE(burst.complete());
  }
  const auto result = judged(burst);
  EXPECT_EQ(result.outcome, record::Outcome::ok);
  EXPECT_EQ(result.rtt, Duration::milliseconds(3));
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(values(result, "echo_rtt"),
            (std::vector<record::FactValue>{Duration::milliseconds(9), Duration::milliseconds(1),
                                            Duration::milliseconds(3)}));
  EXPECT_EQ(number(result, "sent"), 4);
  EXPECT_EQ(number(result, "received"), 3);
  EXPECT_EQ(number(result, "lost"), 1);
  EXPECT_EQ(number(result, "ttl"), 63);
  EXPECT_EQ(result.detail.raw(), "3 of 4 replies, 1 ms to 9 ms");
}

TEST(EchoBurst, CountsDuplicatesAndDisorder) {
  EchoBurst burst(3);
  for (const std::uint32_t place : {1U, 0U, 2U}) burst.answered(place, trip(1), {});
  burst.answered_again();
  EXPECT_TRUE(burst.complete());
  const auto result = judged(burst);
  EXPECT_EQ(number(result, "duplicates"), 1);
  EXPECT_EQ(number(result, "reordered"), 1);
  EXPECT_EQ(result.detail.raw(), "3 of 3 replies, 1 ms to 1 ms, 1 duplicate, 1 out of order");
}

TEST(EchoBurst, AnErrorForEachRequestIsAFailureAndForSomeAWord) {
  EchoBurst burst(2);
  burst.failed({base::ErrorKind::unreachable, "fragmentation needed, MTU 1400, from 192.0.2.254"}, 1'400);
  EXPECT_FALSE(burst.complete());
  EchoBurst half = burst;
  burst.failed({base::ErrorKind::unreachable, "another"}, 0);
  EXPECT_TRUE(burst.complete());
  EXPECT_EQ(judged(burst).outcome, record::Outcome::unreachable);
  EXPECT_EQ(judged(burst).detail.raw(), "fragmentation needed, MTU 1400, from 192.0.2.254");
  EXPECT_EQ(number(judged(burst), "path_mtu"), 1'400);
  half.answered(1, trip(2), {});
  EXPECT_EQ(judged(half).outcome, record::Outcome::ok);
  EXPECT_EQ(judged(half).detail.raw(),
            "1 of 2 replies, 2 ms to 2 ms, fragmentation needed, MTU 1400, from 192.0.2.254");
}

TEST(EchoBurst, ASingleRequestSaysNoMoreThanItsAnswer) {
  EchoBurst burst(1);
  burst.answered(0, trip(2), 64);
  EXPECT_EQ(judged(burst).rtt, Duration::milliseconds(2));
  EXPECT_TRUE(judged(burst).detail.empty());
  EXPECT_EQ(judged(burst).facts.size(), 1U);
  EXPECT_EQ(judged(EchoBurst(1)).outcome, record::Outcome::timeout);
}

}  // namespace
}  // namespace holter::probe

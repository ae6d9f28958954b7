#include "probe/run_packets.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::Duration;
using base::Instant;
using base::PacketTime;
using record::Outcome;
using record::ProbeResult;

constexpr auto kStart = Instant::from_nanoseconds(1'000'000'000);
constexpr auto kStartWall = base::WallTime::from_nanoseconds(5'000'000'000'000);

Instant in_ms(std::int64_t ms) { return kStart + Duration::milliseconds(ms); }
PacketTime stamp(std::int64_t ms) {
  return PacketTime::from_nanoseconds((kStartWall + Duration::milliseconds(ms)).in_nanoseconds());
}

ProbeResult result_of(const std::string& probe, Outcome outcome = Outcome::ok, std::int64_t started_ms = 0) {
  ProbeResult result;
  result.probe = probe;
  result.outcome = outcome;
  result.started = kStartWall + Duration::milliseconds(started_ms);
  result.started_instant = in_ms(started_ms);
  return result;
}

std::string facts_of(const ProbeResult& result) {
  std::string text;
  for (const auto& fact : result.facts) {
    text += (text.empty() ? "" : ", ") + fact.name + ' ' + record::fact_text(fact.value);
  }
  return text;
}

struct Runs : testing::Test {
  void announce(std::uint64_t run, int packets, std::int64_t ms = 0) {
    for (int i = 0; i < packets; ++i) EXPECT_TRUE(runs.announced(run, true, in_ms(ms)));
  }
  void see(std::uint64_t run, std::uint32_t place, std::int64_t left, std::optional<std::int64_t> came,
           const std::string& interface = "eth0") {
    std::optional<PacketTime> back;
    if (came) back = stamp(*came);
    runs.see({interface, false, {{run, place, 0, stamp(left), back}}}, in_ms(left));
  }
  // What is told of a run of one packet that failed.
  ProbeResult failed(std::uint64_t run, std::int64_t started_ms) {
    runs.ended(run, "web", in_ms(started_ms));
    EXPECT_FALSE(runs.hold(result_of("web", Outcome::timeout, started_ms), in_ms(started_ms + 1'000)));
    auto taken = runs.take(in_ms(started_ms + 1'250));
    EXPECT_EQ(taken.size(), 1U);
    return taken.at(0);
  }

  RunPackets runs;
};

TEST_F(Runs, AResultWithoutAnnouncedPacketsPassesAsItIs) {
  const auto passed = runs.hold(result_of("web"), in_ms(1));
  ASSERT_TRUE(passed);
  EXPECT_EQ(*passed, result_of("web"));
  EXPECT_EQ(runs.next_deadline(), std::nullopt);
}

TEST_F(Runs, AResultWaitsForWhatTheCaptureSaw) {
  announce(1, 1);
  runs.ended(1, "web", kStart);
  EXPECT_FALSE(runs.hold(result_of("web"), in_ms(20)));
  EXPECT_EQ(runs.next_deadline(), in_ms(20) + kSettled);
  EXPECT_TRUE(runs.take(in_ms(30)).empty());
  see(1, 0, 2, 12);
  EXPECT_LE(runs.next_deadline(), in_ms(20));
  const auto taken = runs.take(in_ms(31));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(facts_of(taken[0]), R"(wire "answered", wire_interface "eth0", wire_sent 2 ms, wire_rtt 10 ms)");
  EXPECT_TRUE(taken[0].transcript.empty());
  EXPECT_EQ(runs.runs(), 0U);
  EXPECT_EQ(runs.next_deadline(), std::nullopt);
}

TEST_F(Runs, WhatWasSeenBeforeTheResultIsThereDelaysNothing) {
  announce(1, 1);
  see(1, 0, 2, 12);
  runs.ended(1, "web", kStart);
  const auto passed = runs.hold(result_of("web"), in_ms(20));
  ASSERT_TRUE(passed);
  EXPECT_EQ(facts_of(*passed), R"(wire "answered", wire_interface "eth0", wire_sent 2 ms, wire_rtt 10 ms)");
  EXPECT_EQ(runs.next_deadline(), std::nullopt);
}

TEST_F(Runs, EachRequestOfABurstHasItsTime) {
  announce(1, 3);
  runs.ended(1, "web", kStart);
  EXPECT_FALSE(runs.hold(result_of("web"), in_ms(50)));
  see(1, 2, 22, 25);
  see(1, 0, 2, {});
  see(1, 1, 12, 19);
  EXPECT_TRUE(runs.take(in_ms(60)).empty()) << "one may be answered still";
  see(1, 0, 2, 8);
  const auto taken = runs.take(in_ms(60));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(facts_of(taken[0]),
            R"(wire "answered", wire_interface "eth0", wire_sent 2 ms, wire_rtt 6 ms, wire_rtt 7 ms, wire_rtt 3 ms)");
}

TEST_F(Runs, WhatWasNotSeenIsNotKnownAndNeverZero) {
  announce(1, 1);
  runs.ended(1, "web", kStart);
  EXPECT_FALSE(runs.hold(result_of("web"), in_ms(20)));
  EXPECT_TRUE(runs.take(in_ms(20) + kSettled - Duration::nanoseconds(1)).empty());
  const auto taken = runs.take(in_ms(20) + kSettled);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0], result_of("web"));
  announce(2, 1, 1'000);
  const auto never = failed(2, 1'000);
  EXPECT_EQ(facts_of(never), "");
  EXPECT_TRUE(never.transcript.empty());
}

TEST_F(Runs, AFailureSaysWhetherItLeft) {
  announce(1, 1);
  see(1, 0, 2, {});
  const auto left = failed(1, 0);
  EXPECT_EQ(facts_of(left), R"(wire "unanswered", wire_interface "eth0", wire_sent 2 ms)");
  ASSERT_EQ(left.transcript.size(), 1U);
  EXPECT_EQ(left.transcript[0].text.raw(), "on eth0 the capture saw it leave, and no answer");
  EXPECT_EQ(left.transcript[0].at, Duration::seconds(1));

  announce(2, 1, 2'000);
  const auto never_left = failed(2, 2'000);
  EXPECT_EQ(facts_of(never_left), R"(wire "unsent")");
  ASSERT_EQ(never_left.transcript.size(), 1U);
  EXPECT_EQ(never_left.transcript[0].text.raw(), "the capture saw none of its packets leave eth0");

  announce(3, 1, 4'000);
  see(3, 0, 4'002, 4'100);
  runs.ended(3, "web", in_ms(4'000));
  const auto came = runs.hold(result_of("web", Outcome::bad_answer, 4'000), in_ms(4'200)).value();
  EXPECT_EQ(facts_of(came), R"(wire "answered", wire_interface "eth0", wire_sent 2 ms, wire_rtt 98 ms)");
  EXPECT_EQ(came.transcript.at(0).text.raw(), "on eth0 the capture saw it leave, and something come back");
}

TEST_F(Runs, WhereTheCaptureLostFramesNothingIsSaidToBeMissing) {
  announce(1, 1);
  see(1, 0, 2, {});
  runs.see({"eth0", true, {}}, in_ms(900));
  EXPECT_EQ(facts_of(failed(1, 0)), R"(wire_interface "eth0", wire_sent 2 ms)");
  announce(2, 1, 2'000);
  EXPECT_EQ(facts_of(failed(2, 2'000)), "") << "the count may be of before";
  announce(3, 1, 6'000);
  EXPECT_EQ(facts_of(failed(3, 6'000)), R"(wire "unsent")");
}

TEST_F(Runs, PacketsThatGoAnotherWayFromNowOnAreNotUnsent) {
  announce(1, 1);
  see(1, 0, 2, 12);
  runs.ended(1, "web", kStart);
  EXPECT_TRUE(runs.hold(result_of("web"), in_ms(20)));
  announce(2, 1, 1'000);
  runs.ended(2, "web", in_ms(1'000));
  EXPECT_FALSE(runs.hold(result_of("web", Outcome::ok, 1'000), in_ms(1'010)));
  EXPECT_EQ(facts_of(runs.take(in_ms(1'500)).at(0)), "");
  announce(3, 1, 2'000);
  EXPECT_EQ(facts_of(failed(3, 2'000)), "");
}

TEST_F(Runs, WhoPassesNoCapturedInterfaceWaitsOnlyNowAndThen) {
  int waited = 0;
  for (std::uint64_t run = 1; run <= kElsewhere + 2 * kLookAgain; ++run) {
    const auto at = static_cast<std::int64_t>(run) * 1'000;
    announce(run, 1, at);
    runs.ended(run, "loopback", in_ms(at));
    if (runs.hold(result_of("loopback", Outcome::ok, at), in_ms(at + 1))) continue;
    ++waited;
    EXPECT_EQ(runs.take(in_ms(at + 300)).size(), 1U);
  }
  EXPECT_EQ(waited, static_cast<int>(kElsewhere) + 2);
  // Now it does pass one: from the run on that looks.
  for (std::uint64_t run = 100; run <= 100 + kLookAgain; ++run) {
    const auto at = static_cast<std::int64_t>(run) * 1'000;
    announce(run, 1, at);
    see(run, 0, at, at + 1);
    runs.ended(run, "loopback", in_ms(at));
    runs.hold(result_of("loopback", Outcome::ok, at), in_ms(at + 2));
  }
  announce(200, 1, 200'000);
  runs.ended(200, "loopback", in_ms(200'000));
  EXPECT_FALSE(runs.hold(result_of("loopback", Outcome::ok, 200'000), in_ms(200'001))) << "it waits again";
}

TEST_F(Runs, TheFirstInterfaceThatSawItCounts) {
  announce(1, 1);
  see(1, 0, 2, {}, "br0");
  see(1, 0, 3, 11, "eth0");
  runs.ended(1, "web", kStart);
  EXPECT_FALSE(runs.hold(result_of("web"), in_ms(20)));
  see(1, 0, 2, 12, "br0");
  see(1, 0, 3, 11, "eth0");
  const auto taken = runs.take(in_ms(21));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(facts_of(taken[0]), R"(wire "answered", wire_interface "br0", wire_sent 2 ms, wire_rtt 10 ms)");
}

TEST_F(Runs, OneThatMayNotBeSentIsNotWaitedFor) {
  announce(1, 1);
  EXPECT_TRUE(runs.announced(1, false, in_ms(0)));
  see(1, 0, 2, 12);
  runs.ended(1, "web", kStart);
  EXPECT_TRUE(runs.hold(result_of("web"), in_ms(20)));
}

TEST_F(Runs, ThereIsALimitAndWhatNeverEndsIsForgotten) {
  for (std::uint64_t run = 1; run <= kMaxRuns; ++run) EXPECT_TRUE(runs.announced(run, true, in_ms(0)));
  EXPECT_FALSE(runs.announced(kMaxRuns + 1, true, in_ms(1)));
  runs.ended(kMaxRuns + 1, "web", kStart);
  EXPECT_TRUE(runs.hold(result_of("web"), in_ms(20)));
  EXPECT_TRUE(runs.announced(kMaxRuns + 2, true, in_ms(11 * 60 * 1'000)));
  EXPECT_EQ(runs.runs(), 1U);
}

TEST_F(Runs, AtTheEndAllGoOn) {
  announce(1, 1);
  announce(2, 1);
  runs.ended(1, "a", kStart);
  runs.ended(2, "b", kStart);
  EXPECT_FALSE(runs.hold(result_of("a"), in_ms(20)));
  EXPECT_FALSE(runs.hold(result_of("b"), in_ms(20)));
  EXPECT_EQ(runs.take(Instant::max()).size(), 2U);
  EXPECT_EQ(runs.runs(), 0U);
}

}  // namespace
}  // namespace holter::probe

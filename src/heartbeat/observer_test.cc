#include "heartbeat/observer.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using Kind = Step::Kind;

constexpr LinkIndex kLink = 2;
constexpr Duration kInterval = Duration::milliseconds(100);
constexpr Duration kDetection = Duration::milliseconds(300);
const base::IpAddress kGateway = base::IpAddress::v4({192, 0, 2, 254});
const std::vector<base::IpAddress> kHosts = {base::IpAddress::v4({192, 0, 2, 7}), base::IpAddress::v4({192, 0, 2, 8})};

// One wired link that is up, over which somebody was heard just now.
struct Bench {
  Observer observer;
  Instant now = Instant::from_nanoseconds(0) + Duration::hours(1);
  LinkFacts facts{"eth0", true, true, false, true, 0, 1'000};
  Hush hush{50, kHosts};
  bool has_open = true;

  Bench() {
    observer.on_heard(kLink, now);
    look();
  }
  void look() { observer.on_link(kLink, facts, now); }
  void pass(Duration time) { now = now + time; }
  Verdict judge() {
    return observer.judge({kLink, kDetection, kInterval}, now, [this] { return hush; });
  }
  void watch() {
    observer.watch(kLink, now, [this] { return has_open; });
  }
  void heard() { observer.on_heard(kLink, now); }
  void ask(const base::IpAddress& whom) { observer.on_asked(kLink, whom, now); }
  void answer(const base::IpAddress& who) { observer.on_answered(kLink, who, Duration::milliseconds(1), now); }
  void with_gateway() {
    observer.on_gateway(kLink, kGateway);
    ask(kGateway);
    answer(kGateway);
  }
  std::vector<Kind> steps() {
    std::vector<Kind> kinds;
    for (const Step& step : observer.take_steps()) kinds.push_back(step.kind);
    return kinds;
  }
};

TEST(Observer, JudgesWhereSomebodyElseIsHeard) {
  Bench bench;
  bench.pass(kDetection);
  bench.heard();
  EXPECT_EQ(bench.judge(), Verdict::sees);
  EXPECT_TRUE(bench.steps().empty());
}

TEST(Observer, NeverBlindOverAnUnknownLinkOrTheLoopback) {
  Bench bench;
  bench.facts = {"lo", false, false, true, false, 0, 0};
  bench.look();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees);
  bench.watch();
  EXPECT_EQ(bench.observer.judge({77, kDetection, kInterval}, bench.now, [] { return Hush{50, kHosts}; }),
            Verdict::sees);
  EXPECT_TRUE(bench.steps().empty());
}

// Rule 1: the own interface.
TEST(Observer, ALinkThatIsDownIsBlindAtOnceAndOnce) {
  for (const bool carrier : {true, false}) {
    Bench bench;
    bench.facts.enabled = !carrier;
    bench.facts.carrier = false;
    bench.pass(kDetection);
    bench.look();
    EXPECT_EQ(bench.judge(), Verdict::blind);
    EXPECT_EQ(bench.judge(), Verdict::blind);
    bench.watch();
    EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
    EXPECT_EQ(bench.observer.blind().at(0).why, carrier ? "the interface eth0 is down" : "eth0 has no carrier");
  }
}

TEST(Observer, ALinkThatSomebodySetDownIsDownWhateverItsCarrier) {
  Bench bench;
  bench.facts.enabled = false;
  bench.look();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::blind);
}

TEST(Observer, ALinkThatIsGoneIsDown) {
  Bench bench;
  bench.observer.on_link(kLink, std::nullopt, bench.now);
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::blind);
}

TEST(Observer, ADownLinkIsNoticedBeforeAnybodyIsDueWhereSessionsAreOpen) {
  Bench bench;
  bench.facts.carrier = false;
  bench.look();
  bench.has_open = false;
  bench.watch();
  EXPECT_TRUE(bench.steps().empty());
  bench.has_open = true;
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
}

TEST(Observer, ALinkThatWasDownBetweenTwoLooksIsBlindUntilSomethingComes) {
  Bench bench;
  ++bench.facts.carrier_losses;
  bench.look();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::blind);
  EXPECT_EQ(bench.observer.blind().at(0).why, "eth0 was without carrier for a moment");
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
  ++bench.facts.received_frames;
  bench.look();
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::sees});
  bench.heard();
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

// Rule 7: what ends it.
TEST(Observer, ALinkThatIsUpAgainSeesWhenSomethingIsHeard) {
  Bench bench;
  bench.facts.carrier = false;
  bench.look();
  bench.watch();
  bench.heard();  // from before the cut, read late
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind}) << "the link is still down";
  bench.pass(Duration::seconds(10));
  bench.facts.carrier = true;
  bench.look();
  bench.watch();
  EXPECT_TRUE(bench.steps().empty()) << "up, and nothing has come yet";
  bench.heard();
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::sees});
}

TEST(Observer, ALinkThatIsUpAgainWaitsForTheGatewayThatAnsweredBefore) {
  Bench bench;
  bench.with_gateway();
  bench.facts.carrier = false;
  bench.look();
  bench.watch();
  bench.facts.carrier = true;
  bench.look();
  bench.facts.received_frames += 100;  // the bridge that speaks of itself while it does not forward yet
  bench.look();
  bench.pass(Observer::kQuiet);
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
  bench.ask(kGateway);
  bench.answer(kGateway);
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::sees});
}

TEST(Observer, AQuietLinkThatIsUpAgainSeesAfterAWhile) {
  Bench bench;
  bench.facts.carrier = false;
  bench.look();
  bench.watch();
  bench.facts.carrier = true;
  bench.look();
  bench.watch();
  bench.pass(Observer::kQuiet - Duration::milliseconds(1));
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
  bench.pass(Duration::milliseconds(1));
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::sees});
}

// Rule 2: many silent together.
TEST(Observer, ManySilentTogetherWaitForTheGateway) {
  Bench bench;
  bench.with_gateway();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  EXPECT_EQ(bench.observer.witnesses(kLink), std::vector{kGateway});
  EXPECT_EQ(bench.observer.doubts_until(), bench.now + Observer::kAnswerWithin);
  bench.ask(kGateway);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.pass(Duration::milliseconds(1));
  bench.answer(kGateway);
  EXPECT_EQ(bench.judge(), Verdict::sees);
  EXPECT_EQ(bench.steps(), (std::vector{Kind::hold, Kind::release}));
  EXPECT_EQ(bench.judge(), Verdict::sees) << "the answer holds for a moment";
}

TEST(Observer, AGatewayThatHasFallenSilentTooIsABlindness) {
  Bench bench;
  bench.with_gateway();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.ask(kGateway);
  ++bench.facts.received_frames;  // ARP still works
  bench.look();
  bench.pass(Observer::kAnswerWithin);
  EXPECT_EQ(bench.judge(), Verdict::blind);
  EXPECT_EQ(bench.steps(), (std::vector{Kind::hold, Kind::blind}));
  EXPECT_EQ(bench.observer.blind().at(0).why, "the gateway 192.0.2.254 on eth0 does not answer");
  bench.pass(Duration::minutes(20));
  bench.watch();
  EXPECT_TRUE(bench.steps().empty());
  bench.answer(kGateway);
  bench.watch();
  EXPECT_EQ(bench.steps(), std::vector{Kind::sees});
}

TEST(Observer, ADoubtIsNoLongerThanADetectionTimeNorShorterThanTheGatewayIsFar) {
  Bench bench;
  bench.observer.on_gateway(kLink, kGateway);
  bench.ask(kGateway);
  bench.observer.on_answered(kLink, kGateway, Duration::milliseconds(60), bench.now);
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  EXPECT_EQ(bench.observer.doubts_until(), bench.now + Duration::milliseconds(240));

  Bench far;
  far.observer.on_gateway(kLink, kGateway);
  far.ask(kGateway);
  far.observer.on_answered(kLink, kGateway, Duration::milliseconds(600), far.now);
  far.pass(kDetection);
  EXPECT_EQ(far.judge(), Verdict::doubts);
  EXPECT_EQ(far.observer.doubts_until(), far.now + kDetection);
}

TEST(Observer, AGatewayThatNeverAnsweredIsNoEvidence) {
  Bench bench;
  bench.observer.on_gateway(kLink, kGateway);
  bench.facts.wired = false;
  bench.look();
  for (int i = 0; i < 10; ++i) bench.ask(kGateway);
  bench.pass(Duration::seconds(10));
  EXPECT_EQ(bench.judge(), Verdict::sees);
  EXPECT_TRUE(bench.steps().empty());
}

TEST(Observer, AGatewayThatAnsweredLongAgoIsNoEvidence) {
  Bench bench;
  bench.with_gateway();
  bench.facts.wired = false;
  bench.look();
  bench.pass(Observer::kGatewayMemory + Duration::seconds(1));
  bench.ask(kGateway);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, WithoutAGatewayTheSilentHostsAreAskedAndTheCountersTell) {
  Bench bench;
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  EXPECT_EQ(bench.observer.witnesses(kLink), kHosts);
  bench.ask(kHosts[0]);
  ++bench.facts.received_frames;
  bench.look();
  EXPECT_EQ(bench.judge(), Verdict::sees);

  Bench dead;
  dead.pass(kDetection);
  EXPECT_EQ(dead.judge(), Verdict::doubts);
  dead.ask(kHosts[0]);
  dead.pass(Observer::kAnswerWithin);
  EXPECT_EQ(dead.judge(), Verdict::blind);
  EXPECT_EQ(dead.observer.blind().at(0).cause, BlindCause::silence);
  dead.pass(Duration::hours(1));
  dead.watch();
  EXPECT_EQ(dead.steps(), (std::vector{Kind::hold, Kind::blind}));
  ++dead.facts.received_frames;
  dead.look();
  dead.watch();
  EXPECT_EQ(dead.steps(), std::vector{Kind::sees});
}

TEST(Observer, AHostThatAnsweredIsNotTakenForTheGateway) {
  Bench bench;
  bench.observer.on_gateway(kLink, kGateway);
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.ask(kHosts[0]);
  bench.answer(kHosts[0]);
  EXPECT_EQ(bench.judge(), Verdict::sees);
  for (int i = 0; i < 10; ++i) bench.ask(kGateway);
  bench.pass(Duration::seconds(10));
  bench.hush.late = 1;
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, OneHostThatIsSilentIsJudgedAfterAWhile) {
  Bench bench;
  bench.hush.hosts = {kHosts[0]};
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.ask(kHosts[0]);
  bench.pass(Observer::kAnswerWithin);
  EXPECT_EQ(bench.judge(), Verdict::blind);
  bench.pass(Observer::kQuiet);
  bench.watch();
  EXPECT_EQ(bench.steps(), (std::vector{Kind::hold, Kind::blind, Kind::sees}));
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees) << "and not doubted again";
  bench.heard();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts) << "but when somebody was heard since";
}

TEST(Observer, ATunnelsCountersTellNothing) {
  Bench bench;
  bench.facts.wired = false;
  bench.look();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, WhoCouldNotBeAskedIsNoWitness) {
  Bench bench;
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.pass(Observer::kAnswerWithin);
  EXPECT_EQ(bench.judge(), Verdict::sees);
  EXPECT_EQ(bench.steps(), (std::vector{Kind::hold, Kind::release}));
}

TEST(Observer, SomebodyHeardInDoubtEndsIt) {
  Bench bench;
  bench.with_gateway();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::doubts);
  bench.ask(kGateway);
  bench.heard();
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

// Rule 3: fewer than three.
TEST(Observer, FewWaitForNobody) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = Observer::kTogether - 1;
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees);
  EXPECT_TRUE(bench.steps().empty());
}

TEST(Observer, FewAreNotJudgedWhileTheGatewayIsKnownToBeSilent) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = 1;
  bench.pass(Duration::seconds(1));
  bench.ask(kGateway);
  bench.pass(Duration::milliseconds(999));
  EXPECT_EQ(bench.judge(), Verdict::sees) << "one ask may be lost";
  bench.pass(Duration::milliseconds(1));
  bench.ask(kGateway);
  EXPECT_EQ(bench.judge(), Verdict::blind);
  EXPECT_EQ(bench.steps(), std::vector{Kind::blind});
}

TEST(Observer, OneAskInVainIsNoSilence) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = 1;
  bench.ask(kGateway);
  bench.pass(Observer::kGatewayPatience * 2);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, ManyAsksInAMomentAreNoSilence) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = 1;
  for (int i = 0; i < 10; ++i) bench.ask(kGateway);
  bench.pass(Observer::kGatewayPatience - Duration::milliseconds(1));
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, WhatIsAskedOfAHostIsNotAskedOfTheGateway) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = 1;
  for (int i = 0; i < 10; ++i) bench.ask(kHosts[0]);
  bench.pass(Observer::kGatewayPatience * 2);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, ASilentGatewayIsNothingWhileOthersAreHeard) {
  Bench bench;
  bench.with_gateway();
  bench.hush.late = 1;
  for (int second = 0; second < 10; ++second) {
    bench.pass(Duration::seconds(1));
    bench.ask(kGateway);
    bench.heard();
  }
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, AnotherGatewayHasToAnswerFirst) {
  Bench bench;
  bench.with_gateway();
  bench.observer.on_gateway(kLink, base::IpAddress::v4({192, 0, 2, 253}));
  bench.facts.wired = false;
  bench.look();
  bench.pass(kDetection);
  EXPECT_EQ(bench.judge(), Verdict::sees);
}

TEST(Observer, KnowsSoManyLinksAtMost) {
  Bench bench;
  for (LinkIndex index = 1; index < 1'000; ++index) bench.observer.on_heard(index, bench.now);
  EXPECT_EQ(bench.observer.links().size(), Observer::kMaxLinks);
}

}  // namespace
}  // namespace holter::heartbeat

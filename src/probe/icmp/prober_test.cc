#include "probe/icmp/prober.h"

#include <gtest/gtest.h>

#include <map>

#include "probe/probe_world_test.h"
#include "wire/checksum.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);

class Echo : public testing::TestWithParam<Socket> {
 protected:
  Echo() : lab_(GetParam()) { lab_.fixed_delay(kDelay); }
  ~Echo() override { EXPECT_EQ(lab_.world.failure(), ""); }
  ProbeWorld lab_;
};
INSTANTIATE_TEST_SUITE_P(Sockets, Echo, testing::Values(Socket::raw, Socket::ping),
                         [](const auto& info) { return info.param == Socket::raw ? "Raw" : "Unprivileged"; });

TEST_P(Echo, AnAnswerIsTimedBetweenKernelStamps) {
  const auto start = lab_.world.now();
  const auto result = lab_.echo(echo_plan("192.0.2.2"));
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.probe, "to 192.0.2.2");
  EXPECT_EQ(result.kind, record::ProbeKind::icmp);
  EXPECT_EQ(result.target.raw(), "192.0.2.2");
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.started_instant, start);
  EXPECT_EQ(result.started, sim::true_wall_time(start));
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(phase_of(result, Phase::first_byte), result.rtt);
  EXPECT_FALSE(phase_of(result, Phase::resolve));
  EXPECT_TRUE(result.detail.empty());
}

TEST_P(Echo, ALostEchoTimesOutExactlyAtItsDeadline) {
  lab_.world.fabric().set_faults({.drop = 1});
  auto plan = echo_plan("192.0.2.2");
  plan.timeout = Duration::milliseconds(1'500);
  const auto result = lab_.echo(plan);
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "no reply within 1.5 s");
  EXPECT_FALSE(result.rtt);
  EXPECT_FALSE(result.kernel_stamped);
  EXPECT_EQ(lab_.done.at(0).at, result.started_instant + plan.timeout);
}

TEST_P(Echo, AReplyBehindTheDeadlineIsNone) {
  auto plan = echo_plan("192.0.2.2");
  plan.timeout = kDelay * 2 - Duration::nanoseconds(1);
  EXPECT_EQ(lab_.echo(plan).outcome, Outcome::timeout);
}

TEST_P(Echo, ARouterSaysThatThereIsNoWay) {
  lab_.world.internet().set_edge_router(base::IpAddress::v4({192, 0, 2, 254}));
  const auto result = lab_.echo(echo_plan("198.51.100.9"));
  EXPECT_EQ(result.outcome, Outcome::unreachable);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "host unreachable from 192.0.2.254");
  EXPECT_LT(lab_.done.at(0).at - result.started_instant, kDelay);
}

TEST_P(Echo, TheHostItselfSaysThatThereIsNoWay) {
  sim::Host& lone = lab_.world.add_host("lone", {.addresses = {base::IpAddress::v4({203, 0, 113, 1})}});
  lone.boot([this](env::Env env) { return echo_all(env, {echo_plan("2001:db8::2")}, &lab_.done); });
  lab_.world.run_for(Duration::seconds(1));
  const auto& result = lab_.done.at(0).result;
  EXPECT_EQ(result.outcome, Outcome::unreachable);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_FALSE(result.detail.empty());
}

TEST_P(Echo, BothFamiliesAtOnceDoNotDisturbEachOther) {
  auto slow = echo_plan("2001:db8::2");
  lab_.echo({echo_plan("192.0.2.2"), slow, echo_plan("192.0.2.77"), echo_plan("::1")});
  ASSERT_EQ(lab_.done.size(), 4U);
  for (const auto& [result, at] : lab_.done) {
    const bool nobody = result.address == "192.0.2.77";
    EXPECT_EQ(result.outcome, nobody ? Outcome::timeout : Outcome::ok) << result.address << result.detail.raw();
    if (!nobody) EXPECT_EQ(at - result.started_instant, *result.rtt) << result.address;
  }
}

TEST_P(Echo, DuplicatesAndDisorderGiveOneResultEach) {
  lab_.world.fabric().set_faults(
      {.drop = 0.1, .duplicate = 0.5, .reorder = 0.5, .delay_min = kDelay, .delay_max = kDelay * 20});
  lab_.echo(std::vector(400, echo_plan("192.0.2.2")));
  ASSERT_EQ(lab_.done.size(), 400U);
  std::size_t answered = 0;
  for (const auto& [result, at] : lab_.done) {
    ASSERT_TRUE(result.outcome == Outcome::ok || result.outcome == Outcome::timeout);
    if (result.outcome != Outcome::ok) continue;
    ++answered;
    EXPECT_TRUE(result.kernel_stamped);
    EXPECT_GE(*result.rtt, kDelay * 2);
    EXPECT_EQ(at - result.started_instant, *result.rtt);
  }
  EXPECT_GT(answered, 300U);
  EXPECT_LT(answered, 400U);
}

TEST_P(Echo, ABurstCountsWhatBecameOfEachRequest) {
  lab_.world.fabric().set_faults(
      {.drop = 0.1, .duplicate = 0.3, .reorder = 0.3, .delay_min = kDelay, .delay_max = kDelay * 5});
  auto plan = echo_plan("192.0.2.2");
  plan.options = {{"burst", "50"}, {"gap", "2ms"}, {"size", "1400"}};
  const auto result = lab_.echo(plan);
  EXPECT_EQ(result.outcome, Outcome::ok);
  const auto fact = [&result](std::string_view name) {
    const auto found = std::ranges::find(result.facts, name, &record::Fact::name);
    return found == result.facts.end() ? -1 : std::get<std::int64_t>(found->value);
  };
  EXPECT_EQ(fact("sent"), 50);
  EXPECT_EQ(fact("received") + fact("lost"), 50);
  EXPECT_EQ(std::ranges::count(result.facts, "echo_rtt", &record::Fact::name), fact("received"));
  EXPECT_GT(fact("lost"), 0);
  EXPECT_GT(fact("duplicates"), 0);
  EXPECT_GT(fact("reordered"), 0);
  EXPECT_LE(lab_.done.at(0).at, result.started_instant + plan.timeout);
}

record::ProbeResult echo_over_a_doubling_way(Socket socket, double share, record::Options options) {
  ProbeWorld lab(socket);
  lab.world.fabric().set_faults(lab.target.index(), lab.agent.index(),
                                {.duplicate = share, .delay_min = kDelay, .delay_max = kDelay * 5});
  auto plan = echo_plan("192.0.2.2");
  plan.options = std::move(options);
  return lab.echo(plan);
}

TEST_P(Echo, DuplicatesOfOneRequestAreToldWhereTheyAreWaitedFor) {
  const auto duplicates = [](const record::ProbeResult& result) {
    const auto found = std::ranges::find(result.facts, "duplicates", &record::Fact::name);
    return found == result.facts.end() ? -1 : std::get<std::int64_t>(found->value);
  };
  EXPECT_EQ(duplicates(echo_over_a_doubling_way(GetParam(), 1, {})), -1);
  const auto patient = echo_over_a_doubling_way(GetParam(), 1, {{"linger", "100ms"}});
  EXPECT_EQ(duplicates(patient), 1);
  EXPECT_EQ(patient.outcome, Outcome::ok);
  EXPECT_EQ(patient.detail.raw(), "1 reply, 1 duplicate");
  const auto undisturbed = echo_over_a_doubling_way(GetParam(), 0, {{"linger", "100ms"}});
  EXPECT_EQ(duplicates(undisturbed), 0) << "none is a figure as well";
  EXPECT_EQ(undisturbed.detail.raw(), "");
}

TEST_P(Echo, ANameIsResolvedAndTheTimeItTookIsKept) {
  lab_.world.internet().add_name("web.example", {kTarget4});
  const auto result = lab_.echo(echo_plan("web.example"));
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.address, "192.0.2.2");
  ASSERT_TRUE(phase_of(result, Phase::resolve));
  EXPECT_GE(*phase_of(result, Phase::resolve), Duration::milliseconds(1));
  EXPECT_EQ(*phase_of(result, Phase::resolve) + *result.rtt, lab_.done.at(0).at - result.started_instant);
  EXPECT_EQ(result.rtt, kDelay * 2);
}

TEST_P(Echo, AMissingNameFailsInResolve) {
  const auto result = lab_.echo(echo_plan("nowhere.example"));
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
  EXPECT_EQ(result.detail.raw(), "nowhere.example: no such name");
  EXPECT_EQ(result.address, "");
}

TEST_P(Echo, AStepOfTheWallClockIsNotMeasured) {
  for (const auto step : {Duration::milliseconds(30), Duration::milliseconds(-5), Duration::hours(24 * 365)}) {
    ProbeWorld lab(GetParam());
    lab.fixed_delay(kDelay);
    lab.world.at(lab.world.now() + kDelay, [&] { lab.agent.clock().step(step); });
    const auto result = lab.echo(echo_plan("192.0.2.2"));
    EXPECT_EQ(result.outcome, Outcome::ok);
    EXPECT_FALSE(result.kernel_stamped);
    EXPECT_EQ(result.rtt, kDelay * 2);
  }
}

// Keeps the first echo request that reaches its host.
env::Task<void> watch_requests(env::Env env, std::vector<std::uint8_t>* seen) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::icmp_raw;
  auto socket = env.network.open_datagram(options).value();
  std::vector<env::Arrival> arrivals;
  while (seen->empty()) {
    (void)co_await socket->receive(arrivals, 1);
    if (arrivals.back().data.at(0) == 8) *seen = arrivals.back().data;
  }
}

// Sends what was seen as an echo reply, with one byte of its payload changed when `at` says so.
env::Task<void> forge_reply(env::Env env, std::vector<std::uint8_t>* seen, std::optional<std::size_t> at) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::icmp_raw;
  auto socket = env.network.open_datagram(options).value();
  while (seen->empty()) co_await env.clock.sleep_for(Duration::milliseconds(1));
  auto reply = *seen;
  reply.at(0) = 0;
  if (at) reply.at(*at) ^= 1;
  reply.at(2) = reply.at(3) = 0;
  const std::uint16_t checksum = wire::internet_checksum(reply);
  reply.at(2) = static_cast<std::uint8_t>(checksum >> 8);
  reply.at(3) = static_cast<std::uint8_t>(checksum);
  EXPECT_TRUE(socket->send({kAgent4, 0}, reply));
}

// What the agent makes of a reply that the target or another host sends, whole or with byte `at` changed. The kernel's
// own is lost.
Outcome outcome_of_forgery(Socket socket, bool by_target, std::optional<std::size_t> at) {
  std::vector<std::uint8_t> seen;
  ProbeWorld lab(socket);
  lab.fixed_delay(kDelay);
  sim::Host& other = lab.world.add_host("other", {.addresses = {base::IpAddress::v4({192, 0, 2, 66})}});
  lab.target.boot([&](env::Env env) { return watch_requests(env, &seen); });
  lab.world.fabric().set_faults(lab.target.index(), lab.agent.index(), {.drop = 1});
  lab.world.at(lab.world.now() + kDelay + Duration::microseconds(1), [&] {
    if (!by_target) return;
    lab.world.fabric().set_faults(lab.target.index(), lab.agent.index(), {});
    lab.world.crash(lab.target);
    lab.target.boot([&](env::Env env) { return forge_reply(env, &seen, at); });
  });
  if (!by_target) other.boot([&](env::Env env) { return forge_reply(env, &seen, at); });
  return lab.echo(echo_plan("192.0.2.2")).outcome;
}

TEST_P(Echo, ForgedRepliesAreNotBelieved) {
  EXPECT_EQ(outcome_of_forgery(GetParam(), true, std::nullopt), Outcome::ok);
  EXPECT_EQ(outcome_of_forgery(GetParam(), false, std::nullopt), Outcome::timeout) << "from another host";
  EXPECT_EQ(outcome_of_forgery(GetParam(), true, 8), Outcome::timeout) << "another secret";
  EXPECT_EQ(outcome_of_forgery(GetParam(), true, 23), Outcome::timeout) << "another serial";
}

// Starts each plan, notes which were started, and stops the engine at that time.
env::Task<void> start_all(env::Env env, std::vector<record::ProbePlan> plans, base::Duration stop_after,
                          std::vector<bool>* started, std::vector<Done>* done) {
  Announcer announcer(env.clock);
  EchoEngine engine(env, announcer);
  for (const auto& plan : plans) {
    started->push_back(engine.start(
        plan, [env, done](record::ProbeResult result) { done->push_back({std::move(result), env.clock.now()}); }));
    EXPECT_TRUE(done->empty()) << "told from within";
  }
  co_await env.clock.sleep_for(stop_after);
  co_await engine.stop();
}

TEST_P(Echo, AnAddressIsAskedWithoutACoroutine) {
  auto other_family = echo_plan("192.0.2.2");
  other_family.options = {{"ipv6", "true"}};
  auto burst = echo_plan("2001:db8::2");
  burst.options = {{"burst", "3"}};
  const std::vector plans = {echo_plan("192.0.2.2"),  echo_plan("web.example"), other_family, burst,
                             echo_plan("192.0.2.77"), echo_plan("203.0.113.9")};
  std::vector<bool> started;
  lab_.agent.boot([&](env::Env env) { return start_all(env, plans, Duration::seconds(5), &started, &lab_.done); });
  lab_.world.run_for(Duration::seconds(6));
  EXPECT_EQ(started, (std::vector{true, false, false, true, true, true}));
  std::map<std::string, Outcome> ends;
  for (const auto& [result, at] : lab_.done) ends[result.address] = result.outcome;
  EXPECT_EQ(ends, (std::map<std::string, Outcome>{{"192.0.2.2", Outcome::ok},
                                                  {"2001:db8::2", Outcome::ok},
                                                  {"192.0.2.77", Outcome::timeout},
                                                  {"203.0.113.9", Outcome::timeout}}));
}

TEST_P(Echo, NobodyIsToldBehindTheEnd) {
  std::vector<bool> started;
  const std::vector plans(10, echo_plan("192.0.2.2"));
  lab_.agent.boot([&](env::Env env) { return start_all(env, plans, kDelay, &started, &lab_.done); });
  lab_.world.run_for(Duration::seconds(2));
  EXPECT_EQ(lab_.done.size(), 0U);
}

TEST(EchoEngine, WithoutAnySocketItIsNotPermittedInWords) {
  ProbeWorld lab(Socket::none);
  const auto result = lab.echo(echo_plan("192.0.2.2"));
  EXPECT_EQ(result.outcome, Outcome::not_permitted);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_NE(result.detail.raw().find("ping_group_range"), std::string::npos) << result.detail.raw();
  EXPECT_NE(result.detail.raw().find("broker"), std::string::npos) << result.detail.raw();
}

}  // namespace
}  // namespace holter::probe

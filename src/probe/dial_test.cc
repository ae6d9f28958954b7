#include "probe/dial.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::IpAddress;

constexpr Duration kDelay = Duration::milliseconds(10);
const IpAddress kNobody4 = IpAddress::v4({192, 0, 2, 99});
const IpAddress kNobody6 = IpAddress::parse("2001:db8::99").value();

env::Task<void> accept_all(env::Env env) {
  auto v4 = env.network.listen({IpAddress::any(IpAddress::Family::v4), 80}).value();
  auto v6 = env.network.listen({IpAddress::any(IpAddress::Family::v6), 80}).value();
  env::Signal never(env.executor);
  co_await never.wait();
}

// Without the stream, which dies with its world.
struct Call {
  std::optional<IpAddress> address;
  base::Error error;
  base::Duration rtt;
  record::ProbeResult result;
  base::Duration took;
};

env::Task<void> dial_once(env::Env env, std::vector<IpAddress> addresses, std::uint16_t port, Call* call) {
  const base::Instant start = env.clock.now();
  call->result.started_instant = start;
  const auto dialed = co_await dial(env, std::move(addresses), port, {}, start + Duration::seconds(2), call->result);
  call->took = env.clock.now() - start;
  if (!dialed) call->error = dialed.error();
  if (!dialed) co_return;
  call->address = dialed->address;
  call->rtt = dialed->stands_at - dialed->syn_at;
}

class Dial : public testing::Test {
 protected:
  Dial() { lab_.fixed_delay(kDelay); }
  ~Dial() override { EXPECT_EQ(lab_.world.failure(), ""); }
  const Call& run(std::vector<IpAddress> addresses, std::uint16_t port = 80) {
    lab_.target.boot([](env::Env env) { return accept_all(env); });
    lab_.agent.boot([this, addresses, port](env::Env env) { return dial_once(env, addresses, port, &call_); });
    lab_.world.run_for(Duration::seconds(5));
    return call_;
  }

  Call call_;
  ProbeWorld lab_;
};

TEST(AttemptOrder, LetsTheFamiliesTakeTurns) {
  const auto v4 = [](std::uint8_t n) { return IpAddress::v4({192, 0, 2, n}); };
  EXPECT_EQ(attempt_order({kTarget6, kNobody6, v4(1), v4(2), v4(3)}),
            (std::vector{kTarget6, v4(1), kNobody6, v4(2), v4(3)}));
  EXPECT_EQ(attempt_order({v4(1)}), std::vector{v4(1)});
  EXPECT_EQ(attempt_order(std::vector(20, v4(1))).size(), kMaxAttempts);
}

TEST_F(Dial, TheFirstAddressIsTakenWhereItAnswers) {
  const auto& call = run({kTarget6, kTarget4});
  EXPECT_EQ(call.address, kTarget6);
  EXPECT_EQ(call.took, kDelay * 2);
  EXPECT_EQ(call.result.transcript.size(), 2U);
}

TEST_F(Dial, ASilentAddressIsOvertakenAfterAQuarterOfASecond) {
  const auto& call = run({kNobody6, kTarget4});
  EXPECT_EQ(call.address, kTarget4);
  EXPECT_EQ(call.took, kAttemptDelay + kDelay * 2);
  EXPECT_EQ(call.rtt, kDelay * 2);
  EXPECT_EQ(call.result.address, "192.0.2.2");
}

TEST_F(Dial, WhereAllRefuseEachIsTold) {
  const auto& call = run({kTarget6, kTarget4}, 81);
  EXPECT_FALSE(call.address);
  EXPECT_EQ(call.error.kind, base::ErrorKind::refused);
  EXPECT_EQ(call.took, kDelay * 4) << "the second as soon as the first had failed";
  for (const char* const word : {"[2001:db8::2]:81", "192.0.2.2:81"}) {
    EXPECT_NE(call.error.message.find(word), std::string::npos) << call.error.message;
  }
  std::vector<record::Direction> steps;
  for (const auto& line : call.result.transcript) steps.push_back(line.direction);
  using enum record::Direction;
  EXPECT_EQ(steps, (std::vector{sent, noted, sent, noted})) << "in the order of what happened";
}

TEST_F(Dial, WhereAllAreSilentTheDeadlineEndsIt) {
  const auto& call = run({kNobody6, kNobody4});
  EXPECT_FALSE(call.address);
  EXPECT_EQ(call.error.kind, base::ErrorKind::timeout);
  EXPECT_EQ(call.took, Duration::seconds(2));
}

}  // namespace
}  // namespace holter::probe

#include "probe/tcp/prober.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);

env::Task<void> accept_and_read(env::Env env, std::string* ends) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), 5'432}).value();
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) co_return;
    std::array<std::uint8_t, 16> part;
    const auto got = co_await (*stream)->read_some(part);
    *ends = got ? "bytes" : got.error().message;
  }
}

env::Task<void> connect_once(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  auto result = co_await probe_tcp(env, std::move(plan), kAnything);
  done->push_back({std::move(result), env.clock.now()});
}

record::ProbePlan tcp_plan(std::string target) {
  record::ProbePlan plan;
  plan.name = "database";
  plan.kind = record::ProbeKind::tcp;
  plan.target = std::move(target);
  return plan;
}

class Tcp : public testing::Test {
 protected:
  Tcp() { lab_.fixed_delay(kDelay); }
  ~Tcp() override { EXPECT_EQ(lab_.world.failure(), ""); }
  record::ProbeResult run(const std::string& target) {
    lab_.target.boot([this](env::Env env) { return accept_and_read(env, &ends_); });
    lab_.agent.boot([this, target](env::Env env) { return connect_once(env, tcp_plan(target), &lab_.done); });
    lab_.world.run_for(Duration::seconds(10));
    return lab_.done.at(0).result;
  }
  base::Duration took() const { return lab_.done.at(0).at - lab_.done.at(0).result.started_instant; }

  std::string ends_;
  ProbeWorld lab_;
};

TEST_F(Tcp, AnOpenPortIsTimedFromSynToSynAck) {
  const auto result = run("192.0.2.2:5432");
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.kind, record::ProbeKind::tcp);
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.target.raw(), "192.0.2.2:5432");
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_FALSE(result.kernel_stamped);
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
  EXPECT_FALSE(phase_of(result, Phase::resolve));
  EXPECT_FALSE(phase_of(result, Phase::first_byte));
  EXPECT_EQ(result.detail.raw(), "open");
}

TEST_F(Tcp, TheConnectionEndsByFinAndWithoutAByte) {
  run("192.0.2.2:5432");
  EXPECT_EQ(ends_, "the peer closed the stream");
}

TEST_F(Tcp, AClosedPortIsRefused) {
  const auto result = run("192.0.2.2:5433");
  EXPECT_EQ(result.outcome, Outcome::refused);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_FALSE(result.rtt);
  EXPECT_NE(result.detail.raw().find("refused"), std::string::npos) << result.detail.raw();
  EXPECT_EQ(took(), kDelay * 2);
}

TEST_F(Tcp, AFilteredPortTimesOutExactlyAtItsDeadline) {
  lab_.target.stack().drop_port(5'432);
  const auto result = run("192.0.2.2:5432");
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_EQ(result.detail.raw(), "no answer within 1 s");
  EXPECT_EQ(took(), Duration::seconds(1));
}

TEST_F(Tcp, NamesAreResolvedAndTimedApart) {
  lab_.world.internet().add_name("db.example", {kTarget4});
  const auto result = run("db.example:5432");
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.address, "192.0.2.2");
  ASSERT_TRUE(phase_of(result, Phase::resolve));
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_EQ(took(), kDelay * 2 + *phase_of(result, Phase::resolve));
}

TEST_F(Tcp, AMissingNameFailsInResolve) {
  const auto result = run("nowhere.example:5432");
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
  EXPECT_EQ(result.address, "");
}

TEST_F(Tcp, ATargetThatIsNoneIsSaid) {
  const auto result = run("192.0.2.2");
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.detail.raw(), "the target needs a port, as db.example:5432 or [2001:db8::1]:443");
}

TEST(TcpFamily, WithoutAnAddressOfItThereIsNoWay) {
  sim::World world(1);
  auto& agent = world.add_host("agent", {.addresses = {kAgent4}});
  std::vector<Done> done;
  agent.boot([&](env::Env env) { return connect_once(env, tcp_plan("[2001:db8::2]:80"), &done); });
  world.run_for(Duration::seconds(2));
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].result.outcome, Outcome::unreachable);
  EXPECT_EQ(done[0].result.failed_in, Phase::connect);
}

}  // namespace
}  // namespace holter::probe

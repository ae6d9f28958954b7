#include "probe/ntp/prober.h"

#include <gtest/gtest.h>

#include "probe/ntp/message.h"
#include "probe/probe_world_test.h"
#include "record/fact.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);
constexpr Duration kAhead = Duration::milliseconds(2'500);
using Message = std::vector<std::uint8_t>;

// What the target does, beside answering as a clock of stratum 2.
struct Manner {
  bool silent = false;
  bool other_origin = false;
  bool forges_first = false;
  bool junk = false;
  std::uint8_t leap = 0;
  std::uint8_t stratum = 2;
  std::string reference = {'\xc0', '\0', '\2', '\x09'};
  std::uint16_t port = 123;
};

void put(Message& message, std::size_t at, NtpTime time) {
  for (std::size_t i = 0; i < 8; ++i) message.at(at + i) = static_cast<std::uint8_t>(time.units >> (8 * (7 - i)));
}

Message reply_to(const Message& question, const Manner& manner, base::WallTime now) {
  Message reply = question;
  reply.at(0) = static_cast<std::uint8_t>(manner.leap << 6 | (question.at(0) & 0x38) | 4);
  reply.at(1) = manner.stratum;
  reply.at(10) = 1;  // root dispersion 1/256 s
  std::copy(manner.reference.begin(), manner.reference.end(), reply.begin() + 12);
  std::copy(question.begin() + 40, question.end(), reply.begin() + 24);
  put(reply, 32, ntp_time(now + kAhead));
  put(reply, 40, ntp_time(now + kAhead));
  if (manner.other_origin) reply.at(24) ^= 1;
  if (manner.junk) reply.resize(47);
  return reply;
}

env::Task<void> clock_of(env::Env env, Manner manner) {
  env::DatagramOptions options;
  options.local.port = manner.port;
  auto socket = env.network.open_datagram(options).value();
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    (void)co_await socket->receive(arrivals, 16);
    for (const auto& arrival : arrivals) {
      if (manner.silent || arrival.data.size() != 48) continue;
      const Message reply = reply_to(arrival.data, manner, env.clock.wall_now());
      Message forged = reply;
      forged.at(31) ^= 1;
      if (manner.forges_first) (void)socket->send(arrival.peer, forged);
      (void)socket->send(arrival.peer, reply);
    }
  }
}

env::Task<void> ask(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  const auto expectations = Expectations::compile(plan.expect).value();
  auto result = co_await probe_ntp(env, std::move(plan), expectations);
  done->push_back({expectations.judged(std::move(result)), env.clock.now()});
}

record::ProbePlan ntp_plan(std::string target = "192.0.2.2") {
  record::ProbePlan plan;
  plan.name = "clock";
  plan.kind = record::ProbeKind::ntp;
  plan.target = std::move(target);
  return plan;
}

class Ntp : public testing::Test {
 protected:
  // In a world of its own.
  record::ProbeResult run(const Manner& manner, const record::ProbePlan& plan = ntp_plan()) {
    ProbeWorld lab;
    lab.fixed_delay(kDelay);
    lab.world.internet().add_name("ntp.example", {kTarget4});
    lab.target.boot([manner](env::Env env) { return clock_of(env, manner); });
    lab.agent.boot([&lab, plan](env::Env env) { return ask(env, plan, &lab.done); });
    lab.world.run_for(Duration::seconds(10));
    EXPECT_EQ(lab.world.failure(), "");
    took_ = lab.done.at(0).at - lab.done[0].result.started_instant;
    return lab.done[0].result;
  }
  Duration took_;
};

Duration duration(const record::ProbeResult& result, std::string_view name) {
  for (const auto& fact : result.facts) {
    if (fact.name == name) return std::get<Duration>(fact.value);
  }
  return Duration::max();
}

TEST_F(Ntp, TheClocksAreComparedByKernelStamps) {
  const auto result = run({});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.kind, record::ProbeKind::ntp);
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(phase_of(result, Phase::first_byte), result.rtt);
  EXPECT_LE((duration(result, "offset") - kAhead).in_nanoseconds(), 2);
  EXPECT_GE((duration(result, "offset") - kAhead).in_nanoseconds(), -2);
  EXPECT_EQ(duration(result, "delay"), kDelay * 2);
  EXPECT_EQ(duration(result, "root_dispersion"), Duration::nanoseconds(3'906'250));
  EXPECT_EQ(fact(result, "stratum"), "2");
  EXPECT_EQ(fact(result, "leap"), "\"none\"");
  EXPECT_EQ(fact(result, "version"), "\"NTPv4\"");
  EXPECT_EQ(fact(result, "reference_id"), "\"192.0.2.9\"");
  EXPECT_EQ(fact(result, "kiss"), "none");
  EXPECT_NE(result.detail.raw().find("Z, offset +2.5 s, stratum 2"), std::string::npos) << result.detail.raw();
}

TEST_F(Ntp, TheVersionThatIsAskedInIsAnOption) {
  auto plan = ntp_plan();
  plan.options = {{"version", "3"}};
  const auto result = run({}, plan);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(fact(result, "version"), "\"NTPv3\"");
  for (const char* wrong : {"2", "5", "x"}) {
    const auto read = read_options<NtpOptions>(record::ProbeKind::ntp, kNtpOptions, {{"version", wrong}});
    EXPECT_EQ(read.error().message, "version is 3 or 4") << wrong;
  }
}

TEST_F(Ntp, AReplyToAnotherQuestionIsWaitedOver) { EXPECT_EQ(run({.forges_first = true}).outcome, Outcome::ok); }

TEST_F(Ntp, OnlyRepliesToOtherQuestionsMakeABadAnswerAtTheDeadline) {
  for (const Manner& manner : {Manner{.other_origin = true}, Manner{.junk = true}}) {
    const auto result = run(manner);
    EXPECT_EQ(result.outcome, Outcome::bad_answer);
    EXPECT_EQ(result.failed_in, Phase::first_byte);
    EXPECT_EQ(result.detail.raw(), "no answer to the question within 1 s, but 1 message that is none");
    EXPECT_EQ(took_, Duration::seconds(1));
  }
}

TEST_F(Ntp, SilenceAndAClosedPortAreToldApart) {
  EXPECT_EQ(run({.silent = true}).outcome, Outcome::timeout);
  const auto closed = run({.port = 124});
  EXPECT_EQ(closed.outcome, Outcome::refused);
  EXPECT_EQ(closed.detail.raw(), "port unreachable from 192.0.2.2");
}

TEST_F(Ntp, AKissIsABadAnswerInWordsAndReadsNoClock) {
  const auto result = run({.leap = 3, .stratum = 0, .reference = "RATE"});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.detail.raw(), "kiss-o'-death RATE: asked too often");
  EXPECT_EQ(fact(result, "kiss"), "\"RATE\"");
  EXPECT_EQ(fact(result, "offset"), "none");
  EXPECT_FALSE(result.rtt);
}

TEST_F(Ntp, WhoExpectsAKissHasAnAnswer) {
  auto plan = ntp_plan();
  plan.expect = {"kiss == DENY"};
  EXPECT_EQ(run({.leap = 3, .stratum = 0, .reference = "DENY"}, plan).outcome, Outcome::ok);
}

TEST_F(Ntp, AClockThatFollowsNoneIsABadAnswerWithItsReading) {
  const auto result = run({.leap = 3, .stratum = 0, .reference = std::string(4, '\0')});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_TRUE(result.detail.raw().starts_with("not synchronised: ")) << result.detail.raw();
  EXPECT_EQ(fact(result, "stratum"), "16");
  EXPECT_EQ(fact(result, "leap"), "\"unsynchronised\"");
  EXPECT_NE(fact(result, "offset"), "none");
  EXPECT_FALSE(result.rtt);
  EXPECT_FALSE(phase_of(result, Phase::first_byte));
}

TEST_F(Ntp, OffsetCountsBySizeAndStratumDecidesAlone) {
  auto plan = ntp_plan();
  plan.expect = {"offset < 3s", "stratum < 3"};
  EXPECT_EQ(run({}, plan).outcome, Outcome::ok);
  plan.expect = {"offset < 1s"};
  EXPECT_EQ(run({}, plan).outcome, Outcome::unexpected);
  plan.expect = {"stratum < 3"};
  EXPECT_EQ(run({.leap = 3, .stratum = 0, .reference = std::string(4, '\0')}, plan).outcome, Outcome::unexpected);
}

TEST_F(Ntp, TheTargetMayHaveANameAndAPort) {
  const auto result = run({.port = 1123}, ntp_plan("ntp.example:1123"));
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_TRUE(phase_of(result, Phase::resolve));
}

TEST_F(Ntp, AMissingNameFailsInResolve) {
  const auto result = run({}, ntp_plan("nowhere.example"));
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
}

}  // namespace
}  // namespace holter::probe

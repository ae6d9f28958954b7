#include "probe/udp/prober.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);
constexpr std::uint16_t kPort = 9'000;

// The first letter of what comes says what is done.
std::vector<std::string> replies_to(const std::string& text) {
  if (text.starts_with('s')) return {};                       // silent
  if (text.starts_with('d')) return {text, text, text};       // doubled
  if (text.starts_with('o')) return {text, "another", text};  // others
  if (text.starts_with('e')) return {""};                     // empty
  if (text.starts_with('l')) return {std::string(600, 'l')};  // long
  return {text};
}

env::Task<void> replier(env::Env env, std::vector<std::string>* heard) {
  env::DatagramOptions options;
  options.local.port = kPort;
  auto socket = env.network.open_datagram(options).value();
  options.local.port = kPort + 1;
  auto stranger = env.network.open_datagram(options).value();
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    (void)co_await socket->receive(arrivals, 16);
    for (const auto& arrival : arrivals) {
      heard->emplace_back(arrival.data.begin(), arrival.data.end());
      (void)stranger->send(arrival.peer, arrival.data);
      for (const auto& reply : replies_to(heard->back())) {
        (void)socket->send(arrival.peer, {reinterpret_cast<const std::uint8_t*>(reply.data()), reply.size()});
      }
    }
  }
}

env::Task<void> ask(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  auto result = co_await probe_udp(env, std::move(plan));
  done->push_back({std::move(result), env.clock.now()});
}

class Udp : public testing::Test {
 protected:
  Udp() { lab_.fixed_delay(kDelay); }
  ~Udp() override { EXPECT_EQ(lab_.world.failure(), ""); }
  record::ProbeResult run(record::Options options, const std::string& target = "192.0.2.2:9000") {
    record::ProbePlan plan;
    plan.name = "game";
    plan.kind = record::ProbeKind::udp;
    plan.target = target;
    plan.options = std::move(options);
    lab_.target.boot([this](env::Env env) { return replier(env, &heard_); });
    lab_.agent.boot([this, plan](env::Env env) { return ask(env, plan, &lab_.done); });
    lab_.world.run_for(Duration::seconds(10));
    return lab_.done.at(0).result;
  }
  record::ProbeResult send(const std::string& text) { return run({{"send", text}}); }
  base::Duration took() const { return lab_.done.at(0).at - lab_.done.at(0).result.started_instant; }

  std::vector<std::string> heard_;
  ProbeWorld lab_;
};

TEST_F(Udp, AReplyIsTimedAndTold) {
  const auto result = send("ping\\n");
  EXPECT_EQ(heard_, std::vector<std::string>{"ping\n"});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(phase_of(result, Phase::first_byte), kDelay * 2);
  EXPECT_EQ(result.detail.raw(), R"(5 bytes "ping")");
  EXPECT_EQ(fact(result, "port_state"), R"("open")");
  EXPECT_EQ(fact(result, "reply_bytes"), "5");
  EXPECT_EQ(fact(result, "duplicates"), "0");
  // Twice as long as the way there and back: it waits for duplicates as long as for the reply.
  EXPECT_EQ(took(), kDelay * 4);
}

TEST_F(Udp, DuplicatesAreCountedAndOthersAreNot) {
  const auto doubled = send("double");
  EXPECT_EQ(doubled.detail.raw(), R"(6 bytes "double", and 2 duplicates)");
  EXPECT_EQ(fact(doubled, "duplicates"), "2");
}

TEST_F(Udp, OtherRepliesAreNoDuplicates) {
  const auto result = send("others");
  EXPECT_EQ(fact(result, "duplicates"), "1");
  EXPECT_EQ(fact(result, "reply"), R"("others")");
}

TEST_F(Udp, AnEmptyReplyIsOne) {
  const auto result = send("empty");
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.raw(), "an empty reply");
}

TEST_F(Udp, ExpectationsSeeTheWholeReply) {
  auto result = send("long");
  const std::vector<std::string> lines{"reply ~ '^l{600}$' and reply_bytes == 600"};
  EXPECT_EQ(Expectations::compile(lines)->judged(result).outcome, Outcome::ok);
  const auto kept = record::kept(result.facts);
  EXPECT_EQ(std::get<base::UntrustedText>(kept.at(1).value).size(), record::kMaxFactBytes);
}

TEST_F(Udp, SilenceIsATimeoutAndNotTheWordOfAnotherPort) {
  const auto result = send("silent");
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "open or filtered: no reply within 1 s, but a datagram from 192.0.2.2:9001");
  EXPECT_EQ(fact(result, "port_state"), R"("open_or_filtered")");
  EXPECT_EQ(took(), Duration::seconds(1));
}

TEST_F(Udp, SilenceIsGoodForWhoAsksForThat) {
  const auto result = run({{"send", "silent"}, {"silence_is_ok", "true"}});
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_FALSE(result.rtt);
  EXPECT_EQ(fact(result, "port_state"), R"("open_or_filtered")");
}

TEST_F(Udp, AClosedPortIsRefused) {
  const auto result = run({}, "192.0.2.2:9");
  EXPECT_EQ(result.outcome, Outcome::refused);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "port unreachable from 192.0.2.2");
  EXPECT_EQ(fact(result, "port_state"), R"("closed")");
  EXPECT_EQ(took(), kDelay * 2);
}

TEST_F(Udp, AClosedPortIsRefusedAlsoWhereSilenceIsGood) {
  EXPECT_EQ(run({{"silence_is_ok", "true"}}, "192.0.2.2:9").outcome, Outcome::refused);
}

TEST_F(Udp, WithoutAWordItSendsAShortText) {
  EXPECT_EQ(run({}).outcome, Outcome::ok);
  EXPECT_EQ(heard_, std::vector<std::string>{"holter\r\n"});
}

TEST_F(Udp, AMissingNameFailsInResolve) {
  const auto result = run({}, "nowhere.example:53");
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
}

}  // namespace
}  // namespace holter::probe

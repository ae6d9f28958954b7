#include "probe/dns/prober.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);
using Message = std::vector<std::uint8_t>;

// The first label of the question's name says what the resolver does.
std::string first_label(const Message& query) {
  if (query.size() < 13 || query.size() < 13U + query[12]) return {};
  return std::string(query.begin() + 13, query.begin() + 13 + query[12]);
}

Message answer_with(Message query, std::uint8_t rcode, bool with_record) {
  query.at(2) = 0x81;
  query.at(3) = static_cast<std::uint8_t>(0x80 | rcode);
  if (!with_record) return query;
  query.at(7) = 1;
  const std::uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, 7};
  query.insert(query.end(), std::begin(record), std::end(record));
  return query;
}

std::vector<Message> answers_to(const Message& query) {
  const std::string what = first_label(query);
  const Message good = answer_with(query, 0, true);
  if (what == "nx") return {answer_with(query, 3, false)};
  if (what == "broken") return {answer_with(query, 2, false)};
  if (what == "silent") return {};
  if (what == "garbage") return {Message{1, 2, 3}, Message(600, 0xff)};
  if (what == "half") return {Message(good.begin(), good.begin() + 20)};
  if (what == "echo") return {query};
  Message odd = good;
  if (what == "id") odd.at(1) ^= 1;
  if (what == "type") odd.at(odd.size() - 16 - 3) ^= 28;
  if (what == "name") odd.at(13) ^= 1;
  if (what == "tc") odd.at(2) |= 2;
  if (what == "huge") odd.resize(5'000);
  if (what == "late") return {Message{9}, good};
  return {odd};
}

env::Task<void> resolver(env::Env env, std::uint16_t port) {
  env::DatagramOptions options;
  options.local.port = port;
  auto socket = env.network.open_datagram(options).value();
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    (void)co_await socket->receive(arrivals, 16);
    for (const auto& arrival : arrivals) {
      for (const auto& answer : answers_to(arrival.data)) (void)socket->send(arrival.peer, answer);
    }
  }
}

env::Task<void> ask(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  DnsSockets sockets(env);
  auto result = co_await probe_dns(env, sockets, std::move(plan), kAnything);
  done->push_back({std::move(result), env.clock.now()});
}

record::ProbePlan dns_plan(std::string query, std::string target = "192.0.2.2") {
  record::ProbePlan plan;
  plan.name = "resolver-1";
  plan.kind = record::ProbeKind::dns;
  plan.target = std::move(target);
  plan.query = std::move(query);
  return plan;
}

class Dns : public testing::Test {
 protected:
  Dns() { lab_.fixed_delay(kDelay); }
  ~Dns() override { EXPECT_EQ(lab_.world.failure(), ""); }
  record::ProbeResult run(const record::ProbePlan& plan, std::uint16_t port = 53) {
    lab_.target.boot([port](env::Env env) { return resolver(env, port); });
    lab_.agent.boot([this, plan](env::Env env) { return ask(env, plan, &lab_.done); });
    lab_.world.run_for(Duration::seconds(10));
    return lab_.done.at(0).result;
  }
  ProbeWorld lab_;
};

TEST_F(Dns, AnAnswerIsTimedBetweenKernelStamps) {
  const auto start = lab_.world.now();
  const auto result = run(dns_plan("www.example.org"));
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.probe, "resolver-1");
  EXPECT_EQ(result.kind, record::ProbeKind::dns);
  EXPECT_EQ(result.target.raw(), "192.0.2.2");
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.started_instant, start);
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(phase_of(result, Phase::first_byte), result.rtt);
  EXPECT_EQ(result.detail.raw(), "NOERROR 198.51.100.7");
}

TEST_F(Dns, NxdomainIsAnAnswer) {
  const auto result = run(dns_plan("nx.example.org"));
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.raw(), "NXDOMAIN");
  EXPECT_EQ(result.rtt, kDelay * 2);
}

TEST_F(Dns, ServfailIsABadAnswerAtOnce) {
  const auto result = run(dns_plan("broken.example.org"));
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "SERVFAIL");
  EXPECT_FALSE(result.rtt);
  EXPECT_EQ(lab_.done[0].at - result.started_instant, kDelay * 2);
}

TEST_F(Dns, ATruncatedAnswerIsAnAnswerAndSaysSo) {
  EXPECT_EQ(run(dns_plan("tc.example.org")).detail.raw(), "NOERROR, truncated 198.51.100.7");
}

TEST_F(Dns, ASilentResolverTimesOutExactlyAtItsDeadline) {
  const auto result = run(dns_plan("silent.example.org"));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "no answer within 1 s");
  EXPECT_EQ(lab_.done[0].at, result.started_instant + Duration::seconds(1));
}

TEST_F(Dns, AClosedPortIsRefusedInWords) {
  const auto result = run(dns_plan("www.example.org"), 54);
  EXPECT_EQ(result.outcome, Outcome::refused);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "port unreachable from 192.0.2.2");
  EXPECT_EQ(lab_.done[0].at - result.started_instant, kDelay * 2);
}

TEST_F(Dns, NamesAreComparedAsDnsDoes) { EXPECT_EQ(run(dns_plan("WWW.Ex\xc3\xa4mple.org.")).outcome, Outcome::ok); }

TEST_F(Dns, AQuestionThatCannotBeAskedFailsBeforeItIsSent) {
  const auto result = run(dns_plan("a..b"));
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
  EXPECT_EQ(lab_.done[0].at, result.started_instant);
}

TEST_F(Dns, AStrangeMessageBeforeTheAnswerIsWaitedOver) {
  EXPECT_EQ(run(dns_plan("late.example.org")).outcome, Outcome::ok);
}

TEST_F(Dns, TheTargetMayNameThePort) {
  const auto result = run(dns_plan("www.example.org", "192.0.2.2:5353"), 5353);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.target.raw(), "192.0.2.2:5353");
}

TEST_F(Dns, TheResolverMayBeANameOrTheRoot) {
  lab_.world.internet().add_name("dns.example", {kTarget4});
  const auto result = run(dns_plan(".", "dns.example"));
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_TRUE(phase_of(result, Phase::resolve));
}

TEST_F(Dns, AMissingResolverNameFailsInResolve) {
  const auto result = run(dns_plan("www.example.org", "nowhere.example"));
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
}

TEST(DnsPort, IsReadWithBothFamilies) {
  ProbeWorld lab;
  lab.target.boot([](env::Env env) -> env::Task<void> {
    return [](env::Env e) -> env::Task<void> {
      env::DatagramOptions options;
      options.local = {base::IpAddress::any(base::IpAddress::Family::v6), 5353};
      auto socket = e.network.open_datagram(options).value();
      std::vector<env::Arrival> arrivals;
      (void)co_await socket->receive(arrivals, 1);
      (void)socket->send(arrivals[0].peer, answer_with(arrivals[0].data, 0, true));
      co_await e.clock.sleep_for(Duration::seconds(1));
    }(env);
  });
  lab.agent.boot([&](env::Env env) { return ask(env, dns_plan("a.example", "[2001:db8::2]:5353"), &lab.done); });
  lab.world.run_for(Duration::seconds(2));
  EXPECT_EQ(lab.done.at(0).result.outcome, Outcome::ok) << lab.done[0].result.detail.raw();
  EXPECT_EQ(lab.done[0].result.address, "2001:db8::2");
}

class StrangeAnswer : public Dns, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, StrangeAnswer, testing::Values("garbage", "half", "echo", "id", "type", "name", "huge"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(StrangeAnswer, IsNotBelievedAndMakesABadAnswerAtTheDeadline) {
  const auto result = run(dns_plan(std::string(GetParam()) + ".example.org"));
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_TRUE(result.detail.raw().starts_with("no answer to the question within 1 s, but ")) << result.detail.raw();
  EXPECT_EQ(lab_.done[0].at, result.started_instant + Duration::seconds(1));
}

}  // namespace
}  // namespace holter::probe

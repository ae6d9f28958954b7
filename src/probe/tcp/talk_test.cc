// What the tcp prober says and hears on a connection that stands. TLS is plain in the simulated world: its failures are
// the end-to-end tests'.
#include <gtest/gtest.h>

#include "probe/hearing.h"
#include "probe/probe_world_test.h"
#include "probe/probers.h"
#include "probe/tcp/prober.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);
constexpr Duration kSoon = Duration::milliseconds(5);  // behind the handshake, not in the same instant

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What the far side does: says something, piece by piece, each after it heard that much or a pause.
struct Far {
  struct Line {
    std::string awaits;  // until this has come; empty: at once
    std::string says;
    Duration pause = {};
  };
  std::vector<Line> lines;
  bool closes = true;  // at the end; else it waits
};

env::Task<void> far_side(env::Env env, Far far) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), 5'432}).value();
  auto stream = (co_await listener->accept()).value();
  std::string heard;
  std::array<std::uint8_t, 256> part;
  for (const auto& line : far.lines) {
    while (heard.find(line.awaits) == heard.npos) {
      const auto got = co_await stream->read_some(part);
      if (!got) co_return;
      heard.append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
    }
    co_await env.clock.sleep_for(line.pause);
    const auto written = co_await stream->write_all(bytes_of(line.says));
    if (!written) co_return;
  }
  if (!far.closes) co_await env.clock.sleep_for(Duration::minutes(1));
}

env::Task<void> call(env::Env env, record::ProbePlan plan, const Expectations& expectations, std::vector<Done>* done) {
  auto result = co_await probe_tcp(env, std::move(plan), expectations);
  done->push_back({expectations.judged(std::move(result)), env.clock.now()});
}

class TcpTalk : public testing::Test {
 protected:
  TcpTalk() { lab_.fixed_delay(kDelay); }
  ~TcpTalk() override { EXPECT_EQ(lab_.world.failure(), ""); }
  record::ProbeResult run(const Far& far, record::Options options, std::vector<std::string> expect = {}) {
    record::ProbePlan plan;
    plan.kind = record::ProbeKind::tcp;
    plan.target = "192.0.2.2:5432";
    plan.options = std::move(options);
    expectations_ = Expectations::compile(expect).value();
    lab_.target.boot([far](env::Env env) { return far_side(env, far); });
    lab_.agent.boot([this, plan](env::Env env) { return call(env, plan, expectations_, &lab_.done); });
    lab_.world.run_for(Duration::seconds(10));
    return lab_.done.at(0).result;
  }
  base::Duration took() const { return lab_.done.at(0).at - lab_.done.at(0).result.started_instant; }

  Expectations expectations_;
  ProbeWorld lab_;
};

void expect_failure(const record::ProbeResult& result, Outcome outcome, Phase phase, const std::string& detail) {
  EXPECT_EQ(result.outcome, outcome);
  EXPECT_EQ(result.failed_in, phase);
  EXPECT_EQ(result.detail.raw(), detail);
  EXPECT_FALSE(result.rtt);
}

TEST_F(TcpTalk, ABannerIsTheFirstLine) {
  const auto result = run({{{"", "SSH-2.0-x\r\nmore", kSoon}}, false}, {{"banner", "true"}});
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_EQ(phase_of(result, Phase::first_byte), kSoon);
  EXPECT_EQ(result.detail.raw(), R"(open, "SSH-2.0-x")");
  EXPECT_EQ(fact(result, "banner"), R"("SSH-2.0-x")");
  EXPECT_EQ(fact(result, "port_state"), R"("open")");
}

TEST_F(TcpTalk, ABannerWithoutAnEndEndsWithAPause) {
  const auto result = run({{{"", "\x01\x02\xff", kSoon}}, false}, {{"banner", "true"}});
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.raw(), "open, \"\x01\x02\xff\"");
  EXPECT_EQ(took(), kDelay * 2 + kSoon + kPause);
}

TEST_F(TcpTalk, WhoExpectsABannerWaitsForIt) {
  const Far far{{{"", "220 mail", kSoon}}, false};
  const auto result = run(far, {}, {"banner ~ '^220'"});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(took(), kDelay * 2 + kSoon + kPause);
}

TEST_F(TcpTalk, SilenceWhereABannerIsWantedIsATimeout) {
  expect_failure(run({{}, false}, {{"banner", "true"}}), Outcome::timeout, Phase::first_byte, "no banner within 1 s");
  EXPECT_EQ(took(), Duration::seconds(1));
}

TEST_F(TcpTalk, AConnectionThatEndsBeforeABannerIsABadAnswer) {
  expect_failure(run({{}, true}, {{"banner", "true"}}), Outcome::bad_answer, Phase::first_byte,
                 "no banner: the target closed the connection");
}

TEST_F(TcpTalk, WhatIsSentIsAnswered) {
  const Far far{{{"PING\r\n", "+PONG\r\n", {}}}, false};
  const auto result = run(far, {{"send", "PING\\r\\n"}}, {"reply ~ '^.PONG'"});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.rtt, kDelay * 2);
  EXPECT_EQ(phase_of(result, Phase::first_byte), kDelay * 2);
  EXPECT_EQ(result.detail.raw(), R"(open, 7 bytes "+PONG")");
  EXPECT_EQ(fact(result, "reply_bytes"), "7");
}

TEST_F(TcpTalk, AnExpectedReplyIsWaitedForInItsPieces) {
  const Duration pause = Duration::milliseconds(300);
  const Far far{{{"?", "one\n", {}}, {"", "two\n", pause}, {"", "three\n", pause}}, false};
  const auto result = run(far, {{"send", "?"}}, {"reply contains two"});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(fact(result, "reply_bytes"), "8");
}

TEST_F(TcpTalk, AReplyThatIsNeverAsExpectedEndsAtTheDeadline) {
  const auto result = run({{{"?", "one\n", {}}}, false}, {{"send", "?"}}, {"reply contains two"});
  EXPECT_EQ(result.outcome, Outcome::unexpected);
  EXPECT_EQ(took(), Duration::seconds(1));
  EXPECT_EQ(result.detail.raw(), R"(expected reply contains two, found reply "one\x0a")");
}

TEST_F(TcpTalk, ASlowDripEndsAtTheDeadline) {
  Far far{{{"?", "a", {}}}, false};
  for (int i = 0; i < 100; ++i) far.lines.push_back({"", "a", Duration::milliseconds(50)});
  const auto result = run(far, {{"send", "?"}});
  EXPECT_EQ(took(), Duration::seconds(1));
  EXPECT_EQ(result.outcome, Outcome::ok);
}

TEST_F(TcpTalk, AFloodIsHeardUpToItsLimit) {
  Far far{{{"?", std::string(40'000, 'a'), {}}, {"", std::string(40'000, 'b'), {}}}, false};
  const auto result = run(far, {{"send", "?"}}, {"reply contains c"});
  EXPECT_EQ(result.outcome, Outcome::unexpected);
  EXPECT_EQ(fact(result, "reply_bytes"), std::to_string(kMaxHeardBytes));
}

TEST_F(TcpTalk, ASecureConnectionIsAskedWithinTls) {
  const Far far{{{"", "220 hi\r\n", kSoon},
                 {"EHLO holter.invalid\r\n", "250 STARTTLS\r\n", {}},
                 {"STARTTLS\r\n", "220 go\r\n", {}},
                 {"QUIT\r\n", "221 bye\r\n", {}}},
                true};
  const auto result = run(far, {{"starttls", "smtp"}, {"send", "QUIT\\r\\n"}});
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(fact(result, "banner"), R"("220 hi")");
  EXPECT_EQ(fact(result, "tls_version"), R"("TLSv1.3")");
  EXPECT_EQ(phase_of(result, Phase::tls), kSoon + kDelay * 4) << "the greeting and two answers";
  EXPECT_EQ(result.detail.raw(), R"(open, TLSv1.3, 9 bytes "221 bye")");
}

TEST_F(TcpTalk, WhoDoesNotOfferTlsFailsInTls) {
  const Far far{{{"", "220 hi\r\n", kSoon}, {"EHLO", "250 SIZE\r\n", {}}}, false};
  expect_failure(run(far, {{"starttls", "smtp"}}), Outcome::bad_answer, Phase::tls, "the peer does not offer STARTTLS");
}

TEST_F(TcpTalk, SilenceBeforeTlsIsATimeout) {
  expect_failure(run({{}, false}, {{"starttls", "imap"}}), Outcome::timeout, Phase::tls,
                 "nothing that leads to TLS within 1 s");
}

TEST_F(TcpTalk, AnEndBeforeTlsIsABadAnswer) {
  expect_failure(run({{}, true}, {{"starttls", "pop3"}}), Outcome::bad_answer, Phase::tls,
                 "the peer closed the connection before TLS");
}

TEST(TcpOptions, MistakesAreToldInASentence) {
  const auto mistake = [](const record::Options& given) {
    record::ProbePlan plan;
    plan.kind = record::ProbeKind::tcp;
    plan.options = given;
    plan.target = "192.0.2.2:25";
    const auto found = Probers::mistake_in(plan);
    return found ? found->text : "none";
  };
  EXPECT_EQ(mistake({{"starttls", "smtp"}, {"send", "hex:00"}, {"insecure", "true"}, {"tls_name", "a.b"}}), "none");
  EXPECT_EQ(mistake({{"starttls", "http"}}), "starttls is smtp, imap, pop3, ftp, ldap, xmpp or postgres");
  EXPECT_EQ(mistake({{"send", "named:dns"}}), "send names a datagram, which is for udp; give a text or hex:00ff");
  EXPECT_EQ(mistake({{"send", "hex:0"}}),
            "send holds something else behind hex: than bytes of two digits, as hex:00ff");
  EXPECT_EQ(mistake({{"tls", "true"}, {"starttls", "smtp"}}), "tls is there beside starttls, which begins without it");
  EXPECT_EQ(mistake({{"banner", "true"}, {"starttls", "smtp"}}),
            "banner is there beside starttls, which reads it by itself");
  EXPECT_EQ(mistake({{"insecure", "true"}}), "insecure is there without tls and without starttls");
  EXPECT_EQ(mistake({{"tls_name", "a"}}), "tls_name is there without tls and without starttls");
  EXPECT_EQ(mistake({{"tls", "true"}, {"tls_name", "a b"}}), "tls_name is neither the name nor an address of a host");
  EXPECT_EQ(mistake({{"tsl", "true"}}), "tcp has no option 'tsl'; did you mean 'tls'?");
}

}  // namespace
}  // namespace holter::probe

#include "probe/http.h"

#include <gtest/gtest.h>

#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::ErrorKind;
using env::HttpPhase;
using record::Outcome;
using record::Phase;

constexpr Duration kDelay = Duration::milliseconds(10);
constexpr Duration kTimeout = Duration::seconds(1);

// Answers every request with `answer` after `thinks`.
env::Task<void> serve(env::Env env, std::string answer, Duration thinks) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), 80}).value();
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) co_return;
    std::array<std::uint8_t, 1'024> part;
    (void)co_await (*stream)->read_some(part);
    co_await env.clock.sleep_for(thinks);
    const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size());
    (void)co_await (*stream)->write_all(bytes);
    (void)co_await (*stream)->read_some(part);
  }
}

env::Task<void> get_once(env::Env env, record::ProbePlan plan, std::vector<Done>* done) {
  auto result = co_await probe_http(env, std::move(plan), kAnything);
  done->push_back({std::move(result), env.clock.now()});
}

record::ProbePlan http_plan(std::string url) {
  record::ProbePlan plan;
  plan.name = "page";
  plan.kind = record::ProbeKind::http;
  plan.target = std::move(url);
  plan.timeout = kTimeout;
  return plan;
}

class Http : public testing::Test {
 protected:
  Http() { lab_.fixed_delay(kDelay); }
  ~Http() override { EXPECT_EQ(lab_.world.failure(), ""); }
  record::ProbeResult run(const std::string& answer, const std::string& url = "http://192.0.2.2/x") {
    lab_.target.boot([this, answer](env::Env env) { return serve(env, answer, thinks_); });
    lab_.agent.boot([this, url](env::Env env) { return get_once(env, http_plan(url), &lab_.done); });
    lab_.world.run_for(Duration::seconds(10));
    return lab_.done.at(0).result;
  }

  Duration thinks_ = Duration::milliseconds(5);
  ProbeWorld lab_;
};

TEST_F(Http, AnAnswerIsTimedByItsPhases) {
  lab_.world.internet().add_name("web.example", {kTarget4});
  const auto result =
      run("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n" + std::string(1'234, 'x'), "http://web.example/");
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.kind, record::ProbeKind::http);
  EXPECT_EQ(result.address, "192.0.2.2");
  EXPECT_EQ(result.detail.raw(), "200 OK, HTTP/1.1, 1,234 bytes");
  EXPECT_TRUE(phase_of(result, Phase::resolve));
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
  EXPECT_FALSE(phase_of(result, Phase::tls));
  EXPECT_EQ(phase_of(result, Phase::first_byte), kDelay * 2 + thinks_);
  EXPECT_TRUE(phase_of(result, Phase::transfer));
  EXPECT_EQ(result.rtt, kDelay * 4 + thinks_);
  EXPECT_FALSE(result.kernel_stamped);
}

TEST_F(Http, AnErrorOfTheSiteIsABadAnswer) {
  const auto result = run("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "404 Not Found, HTTP/1.1, 0 bytes");
  EXPECT_FALSE(result.rtt);
  EXPECT_EQ(phase_of(result, Phase::first_byte), kDelay * 2 + thinks_);
}

TEST_F(Http, ARedirectIsToldAndNotFollowed) {
  const auto result = run("HTTP/1.1 301 Moved\r\nLOCATION: https://web.example/new\r\nContent-Length: 1\r\n\r\n!");
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.raw(), "301 Moved Permanently to https://web.example/new, HTTP/1.1, 1 byte");
}

TEST_F(Http, HostileWordsOfAPeerStayUntrustedAndShort) {
  const auto result = run("HTTP/1.1 302 x\r\nLocation: " + std::string(3'000, 'a') + "\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.size(), kMaxDetailBytes);
}

TEST_F(Http, ASilentServerTimesOutExactlyAtItsDeadlineInItsPhase) {
  thinks_ = Duration::hours(1);
  const auto result = run("");
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "no answer within 1 s");
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 2);
  EXPECT_EQ(lab_.done[0].at - result.started_instant, kTimeout);
}

TEST_F(Http, AFilteredPortTimesOutInConnect) {
  lab_.target.stack().drop_port(80);
  const auto result = run("");
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_EQ(result.detail.raw(), "no connection within 1 s");
}

TEST_F(Http, AHalfAnswerTimesOutInTransfer) {
  const auto result = run("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.failed_in, Phase::transfer);
  EXPECT_EQ(result.detail.raw(), "no end of the answer within 1 s");
}

TEST_F(Http, AnAnswerThatIsTooLongIsABadAnswer) {
  const auto result =
      run("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'), "http://192.0.2.2/");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::transfer);
}

TEST_F(Http, NoHttpIsABadAnswer) {
  const auto result = run("220 mail.example ESMTP\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
}

TEST_F(Http, AClosedPortIsRefusedInConnect) {
  const auto result = run("", "http://192.0.2.2:81/");
  EXPECT_EQ(result.outcome, Outcome::refused);
  EXPECT_EQ(result.failed_in, Phase::connect);
  EXPECT_EQ(result.address, "192.0.2.2");
}

TEST_F(Http, AMissingNameFailsInResolve) {
  const auto result = run("", "http://nowhere.example/");
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.failed_in, Phase::resolve);
}

TEST_F(Http, WhatIsNoUrlFailsBeforeAnythingIsSent) {
  const auto result = run("", "gopher://192.0.2.2/");
  EXPECT_EQ(result.outcome, Outcome::resolve_failed);
  EXPECT_EQ(result.detail.raw(), "the URL does not begin with http:// or https://");
}

// What the simulated world has not: judged from what the client would tell.
env::HttpExchange tls_exchange() {
  env::HttpExchange exchange;
  exchange.address = kTarget4;
  exchange.time(HttpPhase::connect) = Duration::milliseconds(1);
  exchange.phase = HttpPhase::tls;
  return exchange;
}

TEST(HttpOverTls, ACertificateThatDoesNotHoldIsABadAnswerInTls) {
  auto exchange = tls_exchange();
  exchange.failure = base::Error{ErrorKind::corrupt, "SSL certificate problem: certificate has expired"};
  const auto result = judge_http({}, exchange, kTimeout, kAnything);
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::tls);
  EXPECT_EQ(result.detail.raw(), "SSL certificate problem: certificate has expired");
  EXPECT_EQ(phase_of(result, Phase::connect), Duration::milliseconds(1));
}

TEST(HttpOverTls, TheHandshakeIsPartOfTheRttAndTheCertificateIsTold) {
  auto exchange = tls_exchange();
  exchange.time(HttpPhase::tls) = Duration::milliseconds(2);
  exchange.time(HttpPhase::first_byte) = Duration::milliseconds(4);
  exchange.time(HttpPhase::transfer) = Duration::milliseconds(8);
  exchange.phase = HttpPhase::transfer;
  exchange.answer.status = 204;
  exchange.answer.version = "HTTP/2";
  exchange.answer.tls = env::TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, "none"};
  exchange.answer.tls->certificate.emplace().ends = base::WallTime() + Duration::hours(24 * 365);
  const auto result = judge_http({}, exchange, kTimeout, kAnything);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.rtt, Duration::milliseconds(7));
  EXPECT_EQ(result.detail.raw(), "204 No Content, HTTP/2, 0 bytes, TLSv1.3, certificate until 1971-01-01");
}

TEST(HttpOutcomes, FollowTheKindOfFailure) {
  const std::pair<ErrorKind, Outcome> cases[] = {
      {ErrorKind::refused, Outcome::refused},         {ErrorKind::unreachable, Outcome::unreachable},
      {ErrorKind::timeout, Outcome::timeout},         {ErrorKind::closed, Outcome::bad_answer},
      {ErrorKind::too_large, Outcome::bad_answer},    {ErrorKind::corrupt, Outcome::bad_answer},
      {ErrorKind::permission, Outcome::not_permitted}};
  for (const auto& [kind, outcome] : cases) {
    env::HttpExchange exchange;
    exchange.phase = HttpPhase::connect;
    exchange.failure = base::Error{kind, "why"};
    const auto result = judge_http({}, exchange, kTimeout, kAnything);
    EXPECT_EQ(result.outcome, outcome) << base::to_string(kind);
    EXPECT_EQ(result.failed_in, Phase::connect);
  }
}

}  // namespace
}  // namespace holter::probe

#include "probe/http/prober.h"

#include <gmock/gmock.h>

#include <map>

#include "http/zipped_test.h"
#include "probe/probe_world_test.h"

namespace holter::probe {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;
using testing::HasSubstr;

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

// Answers one request a connection by its path.
env::Task<void> serve_paths(env::Env env, std::map<std::string, std::string> answers) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), 80}).value();
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) co_return;
    std::array<std::uint8_t, 1'024> part;
    const auto got = co_await (*stream)->read_some(part);
    const std::string request(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got ? *got : 0));
    const std::string answer = answers[request.substr(4, request.find(' ', 4) - 4)];
    const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size());
    (void)co_await (*stream)->write_all(bytes);
    (void)co_await (*stream)->read_some(part);
  }
}

// Keeps the first part of each request, and answers.
env::Task<void> serve_and_keep(env::Env env, std::vector<std::string>* requests) {
  auto listener = env.network.listen({base::IpAddress::any(base::IpAddress::Family::v4), 80}).value();
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) co_return;
    std::array<std::uint8_t, 1'024> part;
    const auto got = co_await (*stream)->read_some(part);
    requests->emplace_back(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got ? *got : 0));
    const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
    const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size());
    (void)co_await (*stream)->write_all(bytes);
  }
}

env::Task<void> get_expecting(env::Env env, record::ProbePlan plan, const Expectations* expectations,
                              std::vector<Done>* done) {
  auto result = co_await probe_http(env, std::move(plan), *expectations);
  done->push_back({std::move(result), env.clock.now()});
}

constexpr int kGzip = 31;  // zlib's word for it

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

  record::ProbeResult ask(record::ProbePlan plan) {
    lab_.agent.boot([this, plan](env::Env env) { return get_once(env, plan, &lab_.done); });
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

TEST_F(Http, ARedirectIsAnAnswerWhereNoneIsFollowed) {
  auto plan = http_plan("http://192.0.2.2/x");
  plan.options = {{"redirects", "0"}};
  lab_.target.boot([](env::Env env) {
    return serve(env, "HTTP/1.1 301 Moved\r\nLOCATION: https://me:x@web.example/\r\nContent-Length: 1\r\n\r\n!", {});
  });
  const auto result = ask(std::move(plan));
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.detail.raw(), "301 Moved Permanently to https://***@web.example/, HTTP/1.1, 1 byte");
  EXPECT_EQ(fact(result, "location"), "\"https://***@web.example/\"");
}

TEST_F(Http, HostileWordsOfAPeerStayUntrustedAndShort) {
  const auto result = run("HTTP/1.1 302 x\r\nLocation: " + std::string(3'000, 'a') + "\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
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

TEST_F(Http, ALongBodyIsSeenWhole) {
  auto plan = http_plan("http://192.0.2.2/");
  plan.timeout = Duration::seconds(9);
  const std::string body = std::string(200'000, 'x') + "end";
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 200003\r\n\r\n" + body;
  lab_.target.boot([answer](env::Env env) { return serve(env, answer, {}); });
  const std::vector<std::string> lines = {"body contains end", "body_bytes == 200003"};
  const auto expectations = Expectations::compile(lines).value();
  lab_.agent.boot([&](env::Env env) { return get_expecting(env, plan, &expectations, &lab_.done); });
  lab_.world.run_for(Duration::seconds(10));
  EXPECT_EQ(expectations.judged(lab_.done.at(0).result).outcome, Outcome::ok) << lab_.done.at(0).result.detail.raw();
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
  EXPECT_EQ(result.detail.raw(), "the target does not begin with http:// or https://");
}

TEST_F(Http, RedirectsAreFollowedEachOverAConnectionOfItsOwn) {
  lab_.world.internet().add_name("web.example", {kTarget4});
  lab_.target.boot([](env::Env env) {
    return serve_paths(env, {{"/x", "HTTP/1.1 302 Found\r\nLocation: /y?z\r\nContent-Length: 0\r\n\r\n"},
                             {"/y?z", "HTTP/1.1 301 Moved\r\nLOCATION: //web.example/\r\nContent-Length: 0\r\n\r\n"},
                             {"/", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}});
  });
  const auto result = ask(http_plan("192.0.2.2/x"));
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  EXPECT_EQ(result.detail.raw(), "200 OK, HTTP/1.1, 2 bytes of http://web.example/");
  EXPECT_EQ(fact(result, "redirects"), "2");
  EXPECT_EQ(fact(result, "url"), "\"http://web.example/\"");
  EXPECT_EQ(phase_of(result, Phase::connect), kDelay * 6);
  EXPECT_EQ(phase_of(result, Phase::first_byte), kDelay * 6);
  EXPECT_EQ(result.rtt, kDelay * 12);
}

TEST_F(Http, ARedirectLoopEnds) {
  const auto result = run("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::first_byte);
  EXPECT_EQ(result.detail.raw(), "redirected more than 10 times, at last 302 Found to /x");
}

TEST_F(Http, AnotherSchemeIsNotFollowed) {
  const auto result = run("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.detail.raw(), "302 Found to file:///etc/passwd, a URL that does not begin with http:// or https://");
}

TEST_F(Http, TheTargetsUserIsSentAndNeverShown) {
  std::vector<std::string> requests;
  lab_.target.boot([&requests](env::Env env) { return serve_and_keep(env, &requests); });
  const auto result = ask(http_plan("http://ann:s%40cret@192.0.2.2/"));
  EXPECT_EQ(result.outcome, Outcome::ok) << result.detail.raw();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_THAT(requests[0], HasSubstr("Authorization: Basic YW5uOnNAY3JldA==\r\n"));
  EXPECT_EQ(result.target.raw(), "http://***@192.0.2.2/");
  EXPECT_EQ(fact(result, "url"), "\"http://192.0.2.2/\"");
  EXPECT_EQ(to_string(result.transcript).find("cret"), std::string::npos);
}

TEST_F(Http, AnOrderedRequestIsSentAsOrdered) {
  std::vector<std::string> requests;
  lab_.target.boot([&requests](env::Env env) { return serve_and_keep(env, &requests); });
  auto plan = http_plan("http://192.0.2.2/");
  plan.options = {{"body", "{}"},
                  {"header", "Content-Type:application/json"},
                  {"header", "X-A: b"},
                  {"bearer", "t"},
                  {"compressed", "true"}};
  ask(std::move(plan));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(requests[0].starts_with("POST / HTTP/1.1\r\n")) << requests[0];
  for (const char* const line : {"Content-Type: application/json", "X-A: b", "Authorization: Bearer t",
                                 "Accept-Encoding: gzip, deflate, br", "Content-Length: 2"}) {
    EXPECT_THAT(requests[0], HasSubstr(std::string("\r\n") + line + "\r\n"));
  }
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\n{}"));
}

TEST_F(Http, WhatIsExpectedOfHeadersBodyAndJsonIsSeen) {
  auto plan = http_plan("http://192.0.2.2/");
  plan.options = {{"json_path", "$.status"}, {"json_path", "$.n"}};
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-TYPE: application/json\r\nContent-Length: 25\r\n\r\n{\"status\":\"UP\",\"n\": 12.5}";
  lab_.target.boot([answer](env::Env env) { return serve(env, answer, {}); });
  const std::vector<std::string> lines = {"header contains 'content-type: application/json'", "body contains status",
                                          "json == UP", "json_number == 12", "encoding == gzip"};
  const auto expectations = Expectations::compile(lines).value();
  lab_.agent.boot([&](env::Env env) { return get_expecting(env, plan, &expectations, &lab_.done); });
  lab_.world.run_for(Duration::seconds(10));
  const auto result = expectations.judged(lab_.done.at(0).result);
  EXPECT_EQ(result.outcome, Outcome::unexpected);
  EXPECT_EQ(result.detail.raw(), "expected encoding == gzip, found no encoding");
}

TEST_F(Http, ABombIsABadAnswer) {
  const auto result = run("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                          std::to_string(http::zipped(std::string(100'000, 'x'), kGzip).size()) + "\r\n\r\n" +
                          http::zipped(std::string(100'000, 'x'), kGzip));
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::transfer);
  EXPECT_THAT(result.detail.raw(), HasSubstr("200 OK, but the gzip body of"));
}

}  // namespace
}  // namespace holter::probe

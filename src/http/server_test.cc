#include "http/server.h"

#include <gtest/gtest.h>

#include "http/codec.h"
#include "http/server_lab_test.h"

namespace holter::http {
namespace {

using base::Duration;

TEST(Server, KeepsAConnectionAndAnswersPipelinedRequestsInOrder) {
  ServerLab lab;
  const auto talk = lab.hear({get("/text") + get("/files/a") + get("/files/b"), get("/text", "Connection: close\r\n")});
  EXPECT_EQ(times(talk.answer, "HTTP/1.1 200 OK\r\n"), 4U) << talk.answer;
  EXPECT_LT(talk.answer.find("this is /text"), talk.answer.find("this is /files/a"));
  EXPECT_LT(talk.answer.find("this is /files/a"), talk.answer.find("this is /files/b"));
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(lab.server->counters().requests, 4U);
}

TEST(Server, HeadTellsTheLengthAndSendsNoBody) {
  ServerLab lab;
  const auto talk = lab.hear({get("/text", "", "HEAD") + get("/files/b", "Connection: close\r\n")});
  EXPECT_EQ(times(talk.answer, "Content-Length: 13\r\n"), 1U) << talk.answer;
  EXPECT_EQ(talk.answer.find("this is /text"), std::string::npos);
  EXPECT_TRUE(talk.answer.ends_with("this is /files/b")) << talk.answer;
}

TEST(Server, ASlowHeaderIsCutAtTheRequestDeadline) {
  ServerLab lab;
  const std::string request = get("/text", std::string("X: ") + std::string(100, 'x') + "\r\n");
  std::vector<std::string> letters;
  for (const char c : request) letters.emplace_back(1, c);
  Talk& talk = lab.talk(letters, Duration::seconds(1));
  const auto start = lab.world.now();
  lab.start();
  lab.world.run_for(Duration::minutes(1));
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.answer, "");
  EXPECT_NEAR((talk.ended_at - start).in_seconds(), 10, 0.1);
  EXPECT_EQ(lab.server->counters().timed_out, 1U);
}

TEST(Server, AnIdleConnectionIsEndedAfterTheIdleDeadlineAgainAndAgain) {
  ServerLab lab;
  Talk& silent = lab.talk({});
  Talk& late = lab.talk({get("/text"), get("/text")}, Duration::seconds(50));
  const auto start = lab.world.now();
  lab.start();
  lab.world.run_for(Duration::minutes(5));
  EXPECT_NEAR((silent.ended_at - start).in_seconds(), 60, 0.1);
  EXPECT_NEAR((late.ended_at - start).in_seconds(), 110, 0.1);
  EXPECT_EQ(times(late.answer, "200 OK"), 2U);
  EXPECT_EQ(lab.server->connections(), 0U);
}

TEST(Server, WhatIsTooLargeIsAnswered413EvenToAPeerThatGoesOnSending) {
  for (const std::string& request : {get("/text", "X: " + std::string(200'000, 'x') + "\r\n"),
                                     get("/text", "Content-Length: 17000000\r\n", "POST") + std::string(300'000, 'y'),
                                     get("/text", "Transfer-Encoding: chunked\r\n", "POST") + "1100000\r\n" +
                                         std::string(300'000, 'y') + "\r\n0\r\n\r\n"}) {
    ServerLab lab;
    const auto talk = lab.hear({request});
    EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 413 ")) << request.substr(0, 120) << talk.answer;
    EXPECT_NE(talk.answer.find(R"("kind":"too_large")"), std::string::npos);
    EXPECT_TRUE(talk.ended);
    EXPECT_EQ(lab.server->counters().malformed, 1U);
  }
}

TEST(Server, OfALongBodyTheFirstBytesAreKept) {
  for (const std::string& body : {std::string(), std::string(kKeptRequestBody, 'y'), std::string(300'000, 'y')}) {
    ServerLab lab;
    lab.router.add("POST", "/size", [](Request request) -> env::Task<Response> {
      Response response;
      response.body = "kept " + std::to_string(request.body.size()) + " of " + to_string(request.peer.address);
      co_return response;
    });
    const auto talk = lab.hear({get("/size", "Content-Length: " + std::to_string(body.size()) + "\r\n", "POST") + body +
                                get("/text", "Connection: close\r\n")});
    const std::string kept = std::to_string(std::min(body.size(), kKeptRequestBody));
    EXPECT_NE(talk.answer.find("kept " + kept + " of 192.0.2.2"), std::string::npos) << talk.answer;
    EXPECT_NE(talk.answer.find("this is /text"), std::string::npos) << "the next request begins where the body ends";
  }
}

TEST(Server, APeerThatAsksWhetherToSendItsBodyIsToldOnce) {
  ServerLab lab;
  lab.router.add("POST", "/text", say_text);
  const auto talk = lab.hear({get("/text", "Expect: 100-continue\r\nContent-Length: 6\r\n", "POST"), "abc", "def",
                              get("/text", "Connection: close\r\n")});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << talk.answer;
  EXPECT_EQ(times(talk.answer, "100 Continue"), 1U);
}

TEST(Server, WhatIsNotHttpIsAnswered400) {
  for (const char* request :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: hub:4280\r\nContent-Length: -1\r\n\r\n"}) {
    ServerLab lab;
    const auto talk = lab.hear({request});
    EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 400 ")) << request << talk.answer;
    EXPECT_TRUE(talk.ended);
  }
}

TEST(Server, GarbageBehindARequestIsAnswered400AtOnce) {
  ServerLab lab;
  const auto talk = lab.hear({get("/text") + "garbage\r\n\r\n"});
  EXPECT_EQ(times(talk.answer, "200 OK"), 1U);
  EXPECT_EQ(times(talk.answer, "HTTP/1.1 400 "), 1U) << talk.answer;
  EXPECT_TRUE(talk.ended);
}

TEST(Server, ABrokenPathOrTwoHostsAre400AndTheConnectionLives) {
  ServerLab lab;
  const auto talk = lab.hear({get("/%zz") + get("/a%00b") + get("/text?x=%4") + get("/text", "Host: hub:4280\r\n") +
                              get("*", "", "OPTIONS") + get("/text", "Connection: close\r\n")});
  EXPECT_EQ(times(talk.answer, "HTTP/1.1 400 "), 5U) << talk.answer;
  EXPECT_TRUE(talk.answer.ends_with("this is /text"));
}

TEST(Server, AnotherMethodIs405WithAllowAndAnotherPath404) {
  ServerLab lab;
  const auto talk = lab.hear({get("/text", "", "DELETE") + get("/nowhere", "Connection: close\r\n")});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 405 ")) << talk.answer;
  EXPECT_EQ(times(talk.answer, "Allow: GET, HEAD\r\n"), 1U);
  EXPECT_EQ(times(talk.answer, "HTTP/1.1 404 "), 1U);
}

TEST(Server, AForeignHostIs403AndCounted) {
  ServerLab lab;
  const auto talk = lab.hear({"GET /text HTTP/1.1\r\nHost: evil.example:4280\r\nConnection: close\r\n\r\n"});
  EXPECT_TRUE(talk.answer.starts_with("HTTP/1.1 403 ")) << talk.answer;
  EXPECT_EQ(lab.server->counters().refused, 1U);
}

env::Task<void> tell_nothing(ServerLab* lab) { co_await lab->stop->wait(); }

// An event stream on which nothing ever happens.
env::Task<Response> stream(ServerLab* lab) {
  Response response;
  response.events = [lab](EventWriter&) { return tell_nothing(lab); };
  co_return response;
}

TEST(Server, ConnectionsOverTheLimitAreTold503AndCounted) {
  ServerOptions few;
  few.max_connections = 3;
  ServerLab lab(few);
  lab.router.add("GET", "/stream", [&lab](Request) { return stream(&lab); });
  for (int i = 0; i < 3; ++i) lab.talk({get("/stream")});
  lab.start();
  lab.world.run_for(Duration::seconds(1));
  sim::Host& other = lab.world.add_host("other", {.addresses = {base::IpAddress::v4({192, 0, 2, 3})}});
  Talk fourth;
  other.boot([&](env::Env env) {
    return converse(env, kHub, std::vector<std::string>{get("/text")}, Duration::zero(), &fourth);
  });
  lab.world.run_for(Duration::seconds(1));
  EXPECT_TRUE(fourth.answer.starts_with("HTTP/1.1 503 ")) << fourth.answer;
  EXPECT_NE(fourth.answer.find(R"("kind":"full")"), std::string::npos);
  EXPECT_TRUE(fourth.ended);
  EXPECT_EQ(lab.server->counters().overflowed, 1U);
  EXPECT_EQ(lab.server->connections(), 3U);
  lab.world.crash(lab.client);
  lab.world.run_for(Duration::seconds(1));
  EXPECT_EQ(lab.server->connections(), 0U);
  lab.client.restart();
  lab.world.run_for(Duration::seconds(1));
  EXPECT_EQ(lab.server->connections(), 3U);
  EXPECT_EQ(lab.server->counters().overflowed, 1U);
}

TEST(Server, AThousandSlowConnectionsStayBounded) {
  ServerLab lab;
  for (int i = 0; i < 1'000; ++i) lab.talk({"GET /te", "xt HTTP/1.1\r\n"}, Duration::seconds(3));
  lab.start();
  std::size_t most = 0;
  for (int i = 0; i < 300; ++i) {
    lab.world.run_for(Duration::milliseconds(100));
    most = std::max(most, lab.server->connections());
  }
  EXPECT_GE(most, 256U);
  EXPECT_LE(most, 256U + 64U);
  EXPECT_EQ(lab.server->connections(), 0U);
  const auto counters = lab.server->counters();
  EXPECT_EQ(counters.timed_out, 256U);
  EXPECT_EQ(counters.given_up + counters.overflowed, 744U);
  for (const auto& talk : lab.talks) EXPECT_TRUE(talk->ended);
  EXPECT_EQ(lab.world.failure(), "");
}

TEST(Server, WhoAsksIsAnsweredWhateverTheSlowHold) {
  ServerLab lab;
  for (int i = 0; i < 300; ++i) lab.talk({"GET /te"});
  for (int i = 0; i < 20; ++i) lab.talk({"POST /text HTTP/1.1\r\nHost: hub:4280\r\nContent-Length: 9\r\n\r\nx"});
  lab.start();
  lab.world.run_for(Duration::seconds(2));
  EXPECT_GE(lab.server->counters().given_up + lab.server->counters().overflowed, 64U);
  auto& asked = *lab.talks.emplace_back(std::make_unique<Talk>());
  auto& other = lab.world.add_host("other", {.addresses = {base::IpAddress::v4({192, 0, 2, 3})}});
  other.boot([&asked](env::Env env) {
    return converse(env, kHub, {get("/text", "Connection: close\r\n")}, Duration::seconds(1), &asked);
  });
  lab.world.run_for(Duration::seconds(1));
  EXPECT_TRUE(asked.answer.starts_with("HTTP/1.1 200 ")) << asked.answer;
  EXPECT_LE(lab.server->connections(), 256U + 64U);
  EXPECT_EQ(lab.world.failure(), "");
}

env::Task<Response> say_much(Request) {
  Response response;
  response.body = std::string(1'000'000, 'x');
  co_return response;
}

TEST(Server, AnswersThatNobodyReadsAreBoundedAsAWhole) {
  ServerOptions options;
  options.waiting_bytes = 3'500'000;
  ServerLab lab(options);
  lab.router.add("GET", "/much", say_much);
  lab.client.boot([](env::Env env) -> env::Task<void> {
    std::vector<std::unique_ptr<env::ByteStream>> streams;
    for (int i = 0; i < 10; ++i) {
      auto stream = co_await env.network.connect(kHub);
      if (!stream) continue;
      const std::string request = get("/much");
      (void)co_await (*stream)->write_all(bytes_of(request));
      streams.push_back(std::move(*stream));
    }
    co_await env.clock.sleep_for(Duration::hours(1));
  });
  lab.world.run_for(Duration::seconds(5));
  EXPECT_EQ(lab.server->counters().overflowed, 7U);
  EXPECT_EQ(lab.server->counters().requests, 10U);
}

TEST(Server, StopEndsEveryConnectionAtOnce) {
  ServerLab lab;
  for (int i = 0; i < 50; ++i) lab.talk({i % 2 == 0 ? get("/text") : "GET /te"}, Duration::seconds(3));
  lab.start();
  lab.world.run_for(Duration::seconds(2));
  const auto asked = lab.world.now();
  lab.world.at(asked, [&] { lab.stop->notify(); });
  lab.world.run_for(Duration::seconds(1));
  EXPECT_EQ(lab.stopped_at, asked);
  EXPECT_EQ(lab.counters.requests, 25U);
  for (const auto& talk : lab.talks) EXPECT_TRUE(talk->ended);
}

TEST(Server, ACrashInTheMiddleOfEverythingIsClean) {
  ServerLab lab;
  for (int i = 0; i < 20; ++i) lab.talk({get("/text"), "GET /te"}, Duration::milliseconds(200));
  lab.start();
  lab.world.run_for(Duration::milliseconds(350));
  lab.world.crash(lab.hub);
  lab.world.run_for(Duration::seconds(2));
  for (const auto& talk : lab.talks) EXPECT_TRUE(talk->ended);
}

}  // namespace
}  // namespace holter::http

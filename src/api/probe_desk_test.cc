#include "api/probe_desk.h"

#include <gmock/gmock.h>

#include "sim/world.h"

namespace holter::api {
namespace {

using base::Duration;
using record::ProbeKind;
using testing::HasSubstr;

class Desk : public testing::Test {
 protected:
  http::Response ask(std::map<std::string, std::string> query, std::map<std::string, std::string> headers = {}) {
    http::Response response;
    sim::World world(1);
    world.add_host("hub", {}).boot([&](env::Env env) -> env::Task<void> {
      return ask_in(env, *this, std::move(query), std::move(headers), response);
    });
    world.run_for(Duration::seconds(1));
    return response;
  }

  static env::Task<void> ask_in(env::Env env, Desk& test, std::map<std::string, std::string> query,
                                std::map<std::string, std::string> headers, http::Response& response) {
    ProbeDesk desk(
        env, [&test](record::ProbePlan plan) { return probe(test, std::move(plan)); },
        [](const record::ProbePlan& plan) -> std::optional<std::string> {
          if (plan.target == "no host") return "the target is no host";
          return std::nullopt;
        });
    desk.set(test.enabled_, test.modules_);
    http::Router router;
    desk.add_route(router);
    http::Request request;
    request.method = "GET";
    request.path = "/probe";
    request.query = std::move(query);
    request.headers = std::move(headers);
    response = co_await router.handle(std::move(request));
    const auto figures = desk.figures();
    for (const auto& sample : figures.at(0).samples) test.counted_[std::string(sample.word)] = sample.value;
  }

  static env::Task<base::Result<ProbeAnswer>> probe(Desk& test, record::ProbePlan plan) {
    test.probed_.push_back(plan);
    if (test.trouble_) co_return *test.trouble_;
    ProbeAnswer answer;
    answer.result.kind = plan.kind;
    answer.result.address = "192.0.2.1";
    answer.result.rtt = Duration::milliseconds(3);
    answer.took = Duration::milliseconds(4);
    note(answer.result);
    co_return answer;
  }
  static void note(record::ProbeResult& result) {
    add_line(result.transcript, Duration::zero(), record::Direction::sent, "a \x1b question");
  }

  bool enabled_ = true;
  std::vector<record::ProbePlan> modules_;
  std::optional<base::Error> trouble_;
  std::vector<record::ProbePlan> probed_;
  std::map<std::string, std::uint64_t> counted_;
};

TEST_F(Desk, ProbesWithABuiltInModule) {
  const auto response = ask({{"module", "icmp"}, {"target", "router.example"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("\nprobe_success 1\n"));
  EXPECT_THAT(response.body, HasSubstr("\nprobe_duration_seconds 0.004\n"));
  ASSERT_EQ(probed_.size(), 1U);
  EXPECT_EQ(probed_[0].kind, ProbeKind::icmp);
  EXPECT_EQ(probed_[0].target, "router.example");
  EXPECT_EQ(probed_[0].timeout, Duration::seconds(1));
  EXPECT_EQ(counted_["probed"], 1U);
}

TEST_F(Desk, TheModuleIsHttp2xxUnlessSaidAndTargetsStayAsTheyAre) {
  ask({{"target", "web.example"}});
  ask({{"target", "https://web.example/x"}});
  ASSERT_EQ(probed_.size(), 2U);
  EXPECT_EQ(probed_[0].target, "web.example") << "the kind knows its scheme";
  EXPECT_EQ(probed_[0].expect, std::vector<std::string>{"status >= 200 and status < 300"});
  EXPECT_EQ(probed_[1].target, "https://web.example/x");
}

TEST_F(Desk, AModuleOfTheSettingsGoesBeforeABuiltInOne) {
  record::ProbePlan module;
  module.name = "tcp_connect";
  module.kind = ProbeKind::dns;
  module.query = "example.org";
  modules_ = {module};
  ask({{"module", "tcp_connect"}, {"target", "192.0.2.53"}});
  ASSERT_EQ(probed_.size(), 1U);
  EXPECT_EQ(probed_[0].query, "example.org");
}

TEST_F(Desk, TheScrapesTimeoutShortensTheProbes) {
  const auto timeout = [this](const std::string& seconds) {
    probed_.clear();
    const auto response =
        ask({{"module", "dns"}, {"target", "192.0.2.53"}}, {{"x-prometheus-scrape-timeout-seconds", seconds}});
    return probed_.empty() ? std::to_string(response.status) : to_string(probed_[0].timeout);
  };
  EXPECT_EQ(timeout("10"), "5 s");
  EXPECT_EQ(timeout("2.5"), "2 s");
  EXPECT_EQ(timeout("0.2"), "10 ms");
  EXPECT_EQ(timeout("soon"), "400");
  EXPECT_EQ(timeout("nan"), "400");
  EXPECT_EQ(timeout("-1"), "400");
}

TEST_F(Desk, WhatIsNoQuestionIsRefusedAndNothingIsSent) {
  EXPECT_EQ(ask({{"module", "icmp"}}).body, "Target parameter is missing\n");
  EXPECT_EQ(ask({{"module", "no\x1bsuch"}, {"target", "a"}}).body, "Unknown module \"no\\x1bsuch\"\n");
  EXPECT_EQ(ask({{"target", "a"}, {"hostname", "b"}}).status, 400);
  EXPECT_EQ(ask({{"target", std::string(2'049, 'a')}}).status, 400);
  EXPECT_EQ(ask({{"target", "a"}}, {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}}).status, 403);
  EXPECT_EQ(counted_["refused"], 1U);
  enabled_ = false;
  EXPECT_EQ(ask({{"target", "a"}}).status, 404);
  EXPECT_TRUE(probed_.empty());
}

TEST_F(Desk, ATargetThatIsNoneIsAProbeThatFailed) {
  const auto response = ask({{"module", "icmp"}, {"target", "no host"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\nprobe_success 0\n"));
  EXPECT_TRUE(probed_.empty());
}

TEST_F(Desk, TooManyAreCountedAndToldToComeAgain) {
  trouble_ = base::Error{base::ErrorKind::full, "too many"};
  EXPECT_EQ(ask({{"target", "a"}}).status, 503);
  EXPECT_EQ(counted_["full"], 1U);
  trouble_ = base::Error{base::ErrorKind::unsupported, "this holter sends no probes"};
  EXPECT_EQ(ask({{"target", "a"}}).status, 503);
  EXPECT_EQ(counted_["full"], 0U);
}

TEST_F(Desk, DebugTellsWhatWentOverTheWire) {
  const auto response = ask({{"module", "icmp"}, {"target", "a"}, {"debug", "true"}});
  EXPECT_THAT(response.body, HasSubstr("Logs for the probe:\n"));
  EXPECT_THAT(response.body, HasSubstr("a \\x1b question"));
  EXPECT_THAT(response.body, HasSubstr("\nprobe_success 1\n"));
}

}  // namespace
}  // namespace holter::api

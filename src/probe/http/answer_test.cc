#include "probe/http/answer.h"

#include <gtest/gtest.h>

#include "probe/measurement.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::ErrorKind;
using env::HttpPhase;
using record::Outcome;
using record::Phase;

constexpr Duration kTimeout = Duration::seconds(1);

HttpOrder order_of(std::string target, record::Options options = {}) {
  record::ProbePlan plan;
  plan.kind = record::ProbeKind::https;
  plan.target = std::move(target);
  plan.options = std::move(options);
  return http_order(plan).value();
}

env::HttpExchange answered(int status, env::HttpHeaders headers = {}) {
  env::HttpExchange exchange;
  exchange.phase = HttpPhase::transfer;
  exchange.time(HttpPhase::connect) = Duration::milliseconds(1);
  exchange.time(HttpPhase::tls) = Duration::milliseconds(2);
  exchange.time(HttpPhase::first_byte) = Duration::milliseconds(4);
  exchange.time(HttpPhase::transfer) = Duration::milliseconds(8);
  exchange.answer.status = status;
  exchange.answer.version = "HTTP/2";
  for (const auto& [name, value] : headers) {
    exchange.answer.headers.emplace_back(base::UntrustedText(name), base::UntrustedText(value));
  }
  return exchange;
}

record::ProbeResult judged(HttpVisit& visit, env::HttpExchange exchange, std::vector<std::string> expect = {}) {
  record::ProbeResult result;
  EXPECT_FALSE(visit.take(std::move(exchange), {}, result));
  return judge_http(std::move(result), visit, kTimeout, Expectations::compile(expect).value());
}

record::ProbeResult judged(env::HttpExchange exchange, record::Options options = {}) {
  HttpVisit visit(order_of("web.example", std::move(options)));
  return judged(visit, std::move(exchange));
}

const record::FactValue* fact(const record::ProbeResult& result, std::string_view name) {
  for (const auto& one : result.facts) {
    if (one.name == name) return &one.value;
  }
  return nullptr;
}

env::TlsFacts tls() {
  env::TlsFacts facts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", env::CertificateFacts(), "none"};
  facts.certificate->ends = base::WallTime() + Duration::hours(24 * 365);
  facts.certificate->chain = "good";
  facts.certificate->names_host = true;
  facts.certificate->issuer = base::UntrustedText("CN=an authority");
  facts.certificate->key_type = "EC";
  facts.certificate->key_bits = 256;
  return facts;
}

TEST(HttpAnswer, TheHandshakeIsPartOfTheRttAndTheCertificateIsTold) {
  auto exchange = answered(204);
  exchange.answer.tls = tls();
  const auto result = judged(exchange);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_EQ(result.rtt, Duration::milliseconds(7));
  EXPECT_EQ(result.detail.raw(), "204 No Content, HTTP/2, 0 bytes, TLSv1.3, certificate until 1971-01-01");
  EXPECT_EQ(*fact(result, "certificate_left"), record::FactValue(Duration::hours(24 * 365)));
  EXPECT_EQ(*fact(result, "certificate_key_bits"), record::FactValue(std::int64_t{256}));
  EXPECT_EQ(*fact(result, "certificate_issuer"), record::FactValue(base::UntrustedText("CN=an authority")));
}

TEST(HttpAnswer, ACertificateThatDoesNotHoldIsABadAnswerInTlsAndIsTold) {
  env::HttpExchange exchange;
  exchange.time(HttpPhase::connect) = Duration::milliseconds(1);
  exchange.phase = HttpPhase::tls;
  exchange.answer.tls = tls();
  exchange.answer.tls->certificate->ends = base::WallTime() - Duration::hours(1);
  exchange.failure = base::Error{ErrorKind::corrupt, "SSL certificate problem: certificate has expired"};
  const auto result = judged(exchange);
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::tls);
  EXPECT_EQ(result.detail.raw(), "SSL certificate problem: certificate has expired");
  EXPECT_EQ(*fact(result, "certificate_left"), record::FactValue(Duration::zero()));
  EXPECT_EQ(result.phases[static_cast<std::size_t>(Phase::connect)], Duration::milliseconds(1));
}

TEST(HttpAnswer, ACertificateThatNeedNotHoldIsToldToBeWrong) {
  auto exchange = answered(200);
  exchange.answer.tls = tls();
  exchange.answer.tls->certificate->chain = "certificate has expired";
  exchange.answer.tls->certificate->names_host = false;
  EXPECT_EQ(judged(exchange, {{"verify", "false"}}).detail.raw(),
            "200 OK, HTTP/2, 0 bytes, TLSv1.3, certificate not trusted (certificate has expired) of another host until "
            "1971-01-01");
}

TEST(HttpAnswer, FailuresFollowTheKindOfError) {
  const std::pair<ErrorKind, Outcome> cases[] = {
      {ErrorKind::refused, Outcome::refused},         {ErrorKind::unreachable, Outcome::unreachable},
      {ErrorKind::timeout, Outcome::timeout},         {ErrorKind::closed, Outcome::bad_answer},
      {ErrorKind::too_large, Outcome::bad_answer},    {ErrorKind::corrupt, Outcome::bad_answer},
      {ErrorKind::permission, Outcome::not_permitted}};
  for (const auto& [kind, outcome] : cases) {
    env::HttpExchange exchange;
    exchange.phase = HttpPhase::connect;
    exchange.failure = base::Error{kind, "why"};
    const auto result = judged(exchange);
    EXPECT_EQ(result.outcome, outcome) << base::to_string(kind);
    EXPECT_EQ(result.failed_in, Phase::connect);
  }
}

TEST(HttpAnswer, AnotherVersionThanTheOneAskedForIsABadAnswer) {
  auto exchange = answered(200);
  EXPECT_EQ(judged(exchange, {{"http_version", "2"}}).outcome, Outcome::ok);
  exchange.answer.version = "HTTP/1.1";
  const auto result = judged(exchange, {{"http_version", "2"}});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.detail.raw(), "200 OK, but HTTP/1.1");
}

TEST(HttpAnswer, WhoExpectsAStatusDecidesWhichIsGood) {
  HttpVisit visit(order_of("web.example"));
  EXPECT_EQ(judged(visit, answered(404), {"status == 404"}).outcome, Outcome::ok);
  EXPECT_EQ(judged(answered(404)).outcome, Outcome::bad_answer);
}

TEST(HttpAnswer, WhatIsNoJsonIsABadAnswerToWhoLooksForIt) {
  auto exchange = answered(200);
  exchange.answer.body = base::UntrustedText("<html>");
  const auto result = judged(exchange, {{"json_path", "$.a"}});
  EXPECT_EQ(result.outcome, Outcome::bad_answer);
  EXPECT_EQ(result.failed_in, Phase::transfer);
  EXPECT_EQ(result.detail.raw(), "200 OK, but the body is no JSON");
}

bool has_header(const env::HttpRequest& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (header.first == name) return true;
  }
  return false;
}

TEST(HttpVisit, SecretsStayWithTheirOrigin) {
  const record::Options options = {{"header", "Cookie: a"}, {"header", "X-A: b"}};
  for (const auto& [location, same] :
       {std::pair("/b", true), std::pair("https://web.example:443/b", true), std::pair("https://other.example/", false),
        std::pair("http://web.example/", false), std::pair("https://web.example:444/", false)}) {
    HttpVisit visit(order_of("ann:secret@web.example", options));
    record::ProbeResult result;
    ASSERT_TRUE(visit.take(answered(302, {{"location", location}}), {}, result)) << location;
    const auto request = visit.request({}, {});
    EXPECT_EQ(has_header(request, "Authorization"), same) << location;
    EXPECT_EQ(has_header(request, "Cookie"), same) << location;
    EXPECT_TRUE(has_header(request, "X-A"));
  }
}

TEST(HttpVisit, WhatIsAskedForNextFollowsTheStatus) {
  const std::tuple<int, const char*, const char*> cases[] = {
      {301, "POST", "GET"}, {302, "POST", "GET"}, {303, "PUT", "GET"},  {307, "POST", "POST"},
      {308, "PUT", "PUT"},  {302, "PUT", "PUT"},  {303, "HEAD", "HEAD"}};
  for (const auto& [status, method, next] : cases) {
    HttpVisit visit(order_of("web.example", {{"method", method}, {"body", "x"}, {"header", "Content-Type: a/b"}}));
    record::ProbeResult result;
    ASSERT_TRUE(visit.take(answered(status, {{"Location", "/b"}}), {}, result));
    const auto request = visit.request({}, {});
    EXPECT_EQ(request.method, next) << status;
    EXPECT_EQ(request.url, "https://web.example/b");
    EXPECT_EQ(request.body.has_value(), std::string_view(next) != "GET") << status << method;
    EXPECT_EQ(has_header(request, "Content-Type"), request.body.has_value());
  }
}

TEST(HttpVisit, AStatusWithoutALocationIsAnAnswer) {
  HttpVisit visit(order_of("web.example"));
  record::ProbeResult result;
  EXPECT_FALSE(visit.take(answered(302), {}, result));
  EXPECT_FALSE(visit.take(answered(304, {{"Location", "/b"}}), {}, result));
  EXPECT_FALSE(visit.stopped());
}

}  // namespace
}  // namespace holter::probe

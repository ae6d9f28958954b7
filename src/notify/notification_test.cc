#include "notify/notification.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "notify/changes_test.h"
#include "notify/delivery.h"

namespace holter::notify {
namespace {

using base::Duration;
using nlohmann::json;
using record::Diagnostic;

record::PulseChange gave_up() {
  record::PulseChange change = change_of(9, "db1").body;
  change.at = base::WallTime::from_nanoseconds(1'767'225'600'000'000'000);
  change.peer = "192.0.2.7:40112";
  change.diagnostic = Diagnostic::gave_up;
  change.asked = 3;
  change.asks = 3;
  change.interval = Duration::seconds(1);
  change.silent_for = Duration::milliseconds(3'040);
  change.detect_multiplier = 3;
  return change;
}

TEST(Notification, SaysInOneLineWhatHappened) {
  record::PulseChange change = gave_up();
  EXPECT_EQ(text_of(change), "db1 has been silent for 3.0 s and did not answer 3 asks: down");
  change.asked = 0;
  change.authentication = record::Authentication::none;
  change.silent_for = Duration::seconds(3'725);
  EXPECT_EQ(text_of(change), "db1 (unauthenticated) has been silent for 1 h 2 min: down");
  change = gave_up();
  change.diagnostic = Diagnostic::failed;
  change.reason = base::UntrustedText("exit status 3\n\x1b[2J");
  EXPECT_EQ(text_of(change), "db1 says that it failed (exit status 3\\x0a\\x1b[2J): down");
}

TEST(Notification, IsOneJsonObject) {
  const Delivery delivery{{change_of(9, "").id, gave_up()}, 2, 5};
  const json told = json::parse(to_json(delivery, {"hub", "pager", "attic", {{"site", "attic"}}}));
  EXPECT_EQ(told["version"], 1);
  EXPECT_EQ(told["id"], "07070707070707070707070707070707/1/incidents/9");
  EXPECT_EQ(told["test"], false);
  EXPECT_EQ(told["text"], "db1 has been silent for 3.0 s and did not answer 3 asks: down");
  EXPECT_EQ(told["at"], "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(told["session"], "db1");
  EXPECT_EQ(told["from"], "up");
  EXPECT_EQ(told["to"], "down");
  EXPECT_EQ(told["silent_for_ms"], 3'040);
  EXPECT_EQ(told["interval_ms"], 1'000);
  EXPECT_EQ(told["peer"], "192.0.2.7:40112");
  EXPECT_EQ(told["labels"]["site"], "attic");
  EXPECT_EQ(told["host"], "hub");
  EXPECT_EQ(told["agent"], "attic");
  EXPECT_EQ(told["notifier"], "pager");
  EXPECT_EQ(told["attempt"], 2);
  EXPECT_EQ(told["left_out"], 5);
}

TEST(Notification, HostileNamesAreDataOnly) {
  record::PulseChange change = gave_up();
  change.session = base::UntrustedText("a\",\"to\":\"up\n$(id)\x1b\xff");
  const json told = json::parse(to_json({{change_of(9, "").id, change}, 1, 0}, {}));
  EXPECT_EQ(told["to"], "down");
  EXPECT_EQ(base::UntrustedText::from_json_text(told["session"].get<std::string>()), change.session);
  EXPECT_EQ(told["text"].get<std::string>().find('\n'), std::string::npos);
}

TEST(Notification, ATestSaysThatItIsOne) {
  const json told = json::parse(test_json("test/1", base::WallTime(), {"hub", "pager", "hub", {}}));
  EXPECT_EQ(told["test"], true);
  EXPECT_EQ(told["id"], "test/1");
  EXPECT_EQ(told["text"], "this is a test of the notifier pager of holter on hub");
}

// RFC 4231, test case 2.
TEST(Signature, IsHmacSha256) {
  EXPECT_EQ(signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

env::HttpExchange answered(int status, const std::string& retry_after = "") {
  env::HttpExchange exchange;
  exchange.answer.status = status;
  if (!retry_after.empty()) {
    exchange.answer.headers.emplace_back(base::UntrustedText("Retry-After"), base::UntrustedText(retry_after));
  }
  return exchange;
}

TEST(Judge, KnowsWhatATryMeans) {
  using Kind = Outcome::Kind;
  for (const int status : {200, 202, 204}) EXPECT_EQ(judge(answered(status)).kind, Kind::delivered);
  for (const int status : {301, 307, 400, 401, 404, 410, 422}) EXPECT_EQ(judge(answered(status)).kind, Kind::refused);
  for (const int status : {408, 429, 500, 502, 503}) EXPECT_EQ(judge(answered(status)).kind, Kind::failed);
  EXPECT_EQ(judge(answered(503, "30")).asked_pause, Duration::seconds(30));
  EXPECT_EQ(judge(answered(429, "99999999999")).asked_pause, std::nullopt);
  EXPECT_EQ(judge(answered(429, "-1")).asked_pause, std::nullopt);
  EXPECT_EQ(judge(answered(503, "Wed, 21 Oct 2026 07:28:00 GMT")).asked_pause, std::nullopt);
  EXPECT_EQ(judge(answered(404)).said, "HTTP 404");
  env::HttpExchange silent;
  silent.failure = base::Error{base::ErrorKind::timeout, "the deadline passed"};
  EXPECT_EQ(judge(silent).kind, Kind::failed);
  EXPECT_EQ(judge(silent).said, "the deadline passed");
  env::HttpExchange half = answered(200);
  half.failure = base::Error{base::ErrorKind::closed, "the connection ended"};
  EXPECT_EQ(judge(half).kind, Kind::failed);
}

}  // namespace
}  // namespace holter::notify

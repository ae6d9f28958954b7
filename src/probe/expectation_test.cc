#include "probe/expectation.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::Duration;
using base::UntrustedText;
using record::Outcome;

record::ProbeResult answered() {
  record::ProbeResult result;
  result.rtt = Duration::milliseconds(12);
  add_fact(result.facts, "status", std::int64_t{503});
  add_fact(result.facts, "answer", UntrustedText("192.0.2.1"));
  add_fact(result.facts, "answer", UntrustedText("192.0.2.\x1b[2J"));
  add_fact(result.facts, "certificate_left", Duration::hours(-2));
  return result;
}

record::ProbeResult judged(const std::vector<std::string>& lines, record::ProbeResult result = answered()) {
  return Expectations::compile(lines).value().judged(std::move(result));
}

TEST(Expectations, WhatIsFulfilledStaysOk) {
  EXPECT_EQ(judged({}), answered());
  EXPECT_EQ(judged({"status == 503", "rtt < 20ms", "answer == 192.0.2.1 or status < 400", "certificate_left < 3h"}),
            answered());
}

TEST(Expectations, WhatIsNotIsToldOneLineEach) {
  const auto result = judged({"status == 200", "rtt < 20ms", "status < 500 and rtt > 1s"});
  EXPECT_EQ(result.outcome, Outcome::unexpected);
  EXPECT_EQ(result.rtt, Duration::milliseconds(12)) << "there was an answer";
  EXPECT_EQ(result.detail.raw(),
            "expected status == 200, found status 503\n"
            "expected status < 500 and rtt > 1s, found status 503 and rtt 12 ms");
}

TEST(Expectations, SeveralValuesHoldWhenOneDoes) {
  EXPECT_EQ(judged({"answer == 192.0.2.1"}).outcome, Outcome::ok);
  EXPECT_EQ(judged({"answer != 192.0.2.1"}).outcome, Outcome::unexpected) << "none may be equal";
  EXPECT_EQ(judged({"answer == 192.0.2.9"}).detail.raw(),
            "expected answer == 192.0.2.9, found answer \"192.0.2.1\", \"192.0.2.\\x1b[2J\"");
}

TEST(Expectations, WhatIsNotThereIsSaid) {
  EXPECT_EQ(judged({"rcode == NOERROR"}).detail.raw(), "expected rcode == NOERROR, found no rcode");
}

TEST(Expectations, AFailureStaysWhatItWas) {
  auto failure = answered();
  failure.outcome = Outcome::timeout;
  EXPECT_EQ(judged({"status == 200"}, failure), failure);
}

TEST(Expectations, KnowWhatTheyAreAbout) {
  const std::vector<std::string> lines = {"not (status == 404 or rtt > 1s)"};
  const auto expectations = Expectations::compile(lines).value();
  EXPECT_TRUE(expectations.mention("status"));
  EXPECT_TRUE(expectations.mention("rtt"));
  EXPECT_FALSE(expectations.mention("rcode"));
}

TEST(Expectations, AMistakeIsShownWithItsPlace) {
  const std::vector<std::string> lines = {"statu == 200"};
  const auto mistake = Expectations::compile(lines);
  ASSERT_FALSE(mistake);
  EXPECT_EQ(mistake.error().message, "there is no field 'statu'; did you mean 'status'?\n  statu == 200\n  ^^^^^");
}

}  // namespace
}  // namespace holter::probe

#include "app/probe_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/record_json.h"

namespace holter::app {
namespace {

using base::Duration;
using record::Outcome;
using record::Phase;

record::ProbeResult answered(Duration rtt) {
  record::ProbeResult result;
  result.target = base::UntrustedText("router.example");
  result.address = "192.0.2.1";
  result.rtt = rtt;
  result.phases[static_cast<std::size_t>(Phase::first_byte)] = rtt;
  return result;
}

record::ProbeResult lost() {
  auto result = answered(Duration::zero());
  result.rtt.reset();
  result.phases = {};
  result.outcome = Outcome::timeout;
  result.failed_in = Phase::first_byte;
  result.detail = base::UntrustedText("no reply within 1 s");
  return result;
}

TEST(ProbeLine, IsShortForOnePhase) {
  EXPECT_EQ(probe_line(1, answered(Duration::microseconds(412)), {}), "1  192.0.2.1  0.412 ms\n");
}

TEST(ListedLine, IsDatedAndSaysWhetherItIsOk) {
  auto result = answered(Duration::microseconds(412));
  result.probe = "web";
  result.kind = record::ProbeKind::tcp;
  result.detail = base::UntrustedText("open");
  const std::string line = listed_line(result, {});
  EXPECT_EQ(line.substr(0, 10), "1970-01-01");
  EXPECT_EQ(line.substr(23), "  web  tcp  ok  192.0.2.1  0.412 ms  open\n");
  EXPECT_EQ(listed_line(lost(), {}).substr(23), "    icmp  timeout in first byte  192.0.2.1  no reply within 1 s\n");
}

TEST(ListedLine, OfWhatWasNeverSentHasNoPhase) {
  auto result = lost();
  result.outcome = Outcome::skipped;
  result.address = "";
  result.detail = base::UntrustedText("Port information is missing");
  EXPECT_EQ(listed_line(result, {}).substr(23), "    icmp  skipped  Port information is missing\n");
}

TEST(ProbeLine, ShowsPhasesAndTheAnswer) {
  auto result = answered(Duration::microseconds(3'500));
  result.phases[static_cast<std::size_t>(Phase::connect)] = Duration::milliseconds(1);
  result.phases[static_cast<std::size_t>(Phase::first_byte)] = Duration::microseconds(2'500);
  result.detail = base::UntrustedText("200 OK, HTTP/1.1, 0 bytes");
  EXPECT_EQ(probe_line(12, result, {}),
            "12  192.0.2.1  3.500 ms  (connect 1.000 ms, first byte 2.500 ms)  200 OK, HTTP/1.1, 0 bytes\n");
}

TEST(ProbeLine, SaysWhatFailedAndWhere) {
  EXPECT_EQ(probe_line(2, lost(), {}), "2  192.0.2.1  timeout in first byte  no reply within 1 s\n");
  auto nowhere = lost();
  nowhere.address.clear();
  nowhere.outcome = Outcome::resolve_failed;
  nowhere.failed_in = Phase::resolve;
  nowhere.detail = base::UntrustedText("\x1b[2J no such name");
  EXPECT_EQ(probe_line(1, nowhere, {}), "1  -  resolve failed in resolve  \\x1b[2J no such name\n");
}

TEST(ProbeJson, HasTheNamesOfTheApi) {
  const auto result = answered(Duration::milliseconds(1));
  const auto unnamed = [](const base::AgentId&) { return std::optional<std::string>(); };
  const auto of_api = nlohmann::json::parse(api::record_json({{}, result}, unnamed));
  const auto here = nlohmann::json::parse(probe_json(result));
  for (const auto& [name, value] : here.items()) {
    EXPECT_EQ(of_api.value(name, nlohmann::json("missing")), value) << name;
  }
  EXPECT_TRUE(of_api.contains("rtt_ms") && here.contains("phases_ms"));
  EXPECT_EQ(nlohmann::json::parse(probe_json(lost())).at("failed_in"), "first_byte");
}

TEST(ProbeLine, EveryExpectationHasALineOfItsOwn) {
  auto result = answered(Duration::milliseconds(1));
  result.outcome = Outcome::unexpected;
  result.failed_in = Phase::transfer;
  result.detail = base::UntrustedText("expected a, found \x1b\nexpected b, found c");
  EXPECT_EQ(probe_line(1, result, {}),
            "1  192.0.2.1  unexpected in transfer  expected a, found \\x1b\n   expected b, found c\n");
}

TEST(ProbeSeries, CountsAnswersThatWereNotAsExpected) {
  ProbeSeries series;
  auto result = answered(Duration::milliseconds(2));
  series.add(result);
  result.outcome = Outcome::unexpected;
  series.add(result);
  EXPECT_EQ(series.as_expected(), 1U);
  EXPECT_EQ(series.summary(),
            "2 sent, 2 answered, 0 lost (0.0 %), 1 not as expected\nrtt min 2.000 ms, median 2.000 "
            "ms, max 2.000 ms, jitter 0.000 ms (mean change from one to the next)\n");
}

TEST(ProbeSeries, SilenceThatIsGoodIsNeitherAnAnswerNorALoss) {
  auto silent = answered(Duration::milliseconds(2));
  silent.rtt.reset();
  silent.phases = {};
  silent.detail = base::UntrustedText("open or filtered");
  EXPECT_EQ(probe_line(1, silent, {}), "1  192.0.2.1  silent  open or filtered\n");
  ProbeSeries series;
  series.add(silent);
  EXPECT_EQ(series.as_expected(), 1U);
  EXPECT_EQ(series.summary(), "1 sent, 0 answered, 0 lost (0.0 %), 1 silent as expected\n");
}

TEST(ProbeSeries, CountsAndSummarises) {
  ProbeSeries series;
  EXPECT_EQ(series.summary(), "0 sent, 0 answered, 0 lost (0.0 %)\n");
  series.add(lost());
  EXPECT_EQ(series.summary(), "1 sent, 0 answered, 1 lost (100.0 %)\n");
  series.add(answered(Duration::milliseconds(2)));
  EXPECT_EQ(series.summary(), "2 sent, 1 answered, 1 lost (50.0 %)\nrtt min 2.000 ms, median 2.000 ms, max 2.000 ms\n");
  series.add(answered(Duration::milliseconds(5)));
  series.add(answered(Duration::milliseconds(4)));
  EXPECT_EQ(series.summary(),
            "4 sent, 3 answered, 1 lost (25.0 %)\nrtt min 2.000 ms, median 4.000 ms, max 5.000 ms, "
            "jitter 2.000 ms (mean change from one to the next)\n");
}

}  // namespace
}  // namespace holter::app

#include "api/parameters.h"

#include <gtest/gtest.h>

namespace holter::api {
namespace {

using base::Duration;
using base::WallTime;

const WallTime kThen = WallTime::from_nanoseconds(1'767'225'600'000'000'000);  // 2026-01-01T00:00:00Z

TEST(Parameters, TakeWhatIsRight) {
  const Parameters::Query query{{"limit", "7"},  {"since", "90s"}, {"until", "2026-01-01T00:00:00.25Z"},
                                {"order", "up"}, {"name", "x y"},  {"none", ""}};
  Parameters given(query);
  EXPECT_EQ(given.number("limit", 1, 10, 5), 7U);
  EXPECT_EQ(given.moment("since", kThen), kThen - Duration::seconds(90));
  EXPECT_EQ(given.moment("until", kThen), kThen + Duration::milliseconds(250));
  EXPECT_EQ(given.word("order", {"up", "down"}, "down"), "up");
  EXPECT_EQ(given.text("name"), "x y");
  EXPECT_EQ(given.text("none", "fallback"), "fallback");
  EXPECT_EQ(given.number("count", 1, 10, 5), 5U);
  EXPECT_EQ(given.moment("from", kThen), std::nullopt);
  EXPECT_FALSE(given.mistakes());
}

TEST(Parameters, TellEveryMistakeAtOnce) {
  const Parameters::Query query{
      {"limit", "0"}, {"since", "1y"}, {"order", "dwon"}, {"agnet", "x"}, {"zzzzzz", "\x1b["}};
  Parameters given(query);
  given.number("limit", 1, 10, 5);
  given.moment("since", kThen);
  given.word("order", {"up", "down"}, "up");
  given.text("agent");
  const auto wrong = given.mistakes();
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->kind, base::ErrorKind::invalid);
  EXPECT_EQ(wrong->message,
            "limit: '0' is not a number from 1 to 10\n"
            "since: '1y' is neither a duration back from now such as 90s, 10m, 2h or 7d, nor a moment such as "
            "2026-03-01T12:00:00Z\n"
            "order: 'dwon' is none of up, down; did you mean 'down'?\n"
            "'agnet' is no parameter of this path; did you mean 'agent'?\n"
            "'zzzzzz' is no parameter of this path");
}

TEST(Parameters, AFloodOfMistakesIsCutAndNothingActsOnAScreen) {
  Parameters::Query query;
  for (int i = 0; i < 100; ++i) query["\x1b[" + std::to_string(i)] = "";
  const std::string text = Parameters(query).mistakes()->message;
  EXPECT_NE(text.find("and 80 more"), text.npos);
  EXPECT_EQ(text.find('\x1b'), text.npos);
}

TEST(Parameters, MomentsAreUtcAndExact) {
  EXPECT_EQ(parse_moment("1970-01-01T00:00:00Z"), WallTime());
  EXPECT_EQ(parse_moment("2026-01-01T00:00:01.123456789Z"), kThen + Duration::nanoseconds(1'123'456'789));
  EXPECT_EQ(parse_moment("2024-02-29 12:00:00Z"), WallTime::from_nanoseconds(1'709'208'000'000'000'000));
  for (const char* wrong :
       {"", "Z", "2026-01-01", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+01:00",
        "1969-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "2026-01-01T00:-1:00Z", "2026-01-01T00:00:00.-1Z"}) {
    EXPECT_EQ(parse_moment(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace holter::api

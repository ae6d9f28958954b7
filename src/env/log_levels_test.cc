#include "env/log_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holter::env {
namespace {

using testing::HasSubstr;

std::string mistake(std::string_view text) {
  const auto levels = parse_log_levels(text);
  return levels ? "none" : levels.error().message;
}

TEST(LogLevels, OneLevelAndThoseOfComponents) {
  EXPECT_EQ(*parse_log_levels("warn"), (LogLevels{LogLevel::warn, {}}));
  const LogLevels some{LogLevel::info, {{"heartbeat", LogLevel::debug}, {"uplink", LogLevel::warn}}};
  EXPECT_EQ(*parse_log_levels("info,heartbeat=debug,uplink=warn"), some);
  EXPECT_EQ(*parse_log_levels(" uplink = warn , heartbeat=debug"), some);
  EXPECT_EQ(*parse_log_levels("store=error,error"), (LogLevels{LogLevel::error, {{"store", LogLevel::error}}}));
}

TEST(LogLevels, MistakesAreSaidInWordsAllAtOnce) {
  EXPECT_EQ(mistake("warning"), "'warning' is not a level: debug, info, warn or error; did you mean 'warn'?");
  EXPECT_EQ(mistake("hartbeat=debug"), "there is no component 'hartbeat'; did you mean 'heartbeat'?");
  EXPECT_THAT(mistake("zebra=info"), HasSubstr("there is no component 'zebra'; there are capture, config, heartbeat"));
  EXPECT_EQ(mistake("info,warn"), "two levels for all components: write one, and the others as COMPONENT=LEVEL");
  EXPECT_EQ(mistake("probe=info,probe=warn"), "probe has two levels");
  EXPECT_THAT(mistake(""), HasSubstr("'' is not a level"));
  EXPECT_THAT(mistake("info,"), HasSubstr("'' is not a level"));
  EXPECT_THAT(mistake("stoer=inof"), testing::AllOf(HasSubstr("'info'"), HasSubstr("'store'")));
  EXPECT_THAT(mistake("\x1b[31m=info"), HasSubstr("'\\x1b[31m'"));
  EXPECT_THAT(mistake("==="), HasSubstr("is not a level"));
}

}  // namespace
}  // namespace holter::env

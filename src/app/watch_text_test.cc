#include "app/watch_text.h"

#include <gtest/gtest.h>

#include <sstream>

namespace holter::app {
namespace {

const base::WallTime kNow = base::WallTime::from_nanoseconds(1'772'366'400'000'000'000);
constexpr const char* kSilent = R"({"name": "db1", "agent_name": "roof", "state": "pulsing", "asked": 1, "asks": 3,
  "since": "2026-03-01T11:59:00.000Z", "interval_seconds": 0.2, "silent_seconds": 1.5, "detection_time_seconds": 0.6,
  "suspicion": 4.25, "way": "datagram", "peer": "192.0.2.7:40112", "authentication": "none",
  "labels": {"site": "attic"}, "last_message": {"at": "2026-03-01T11:00:00.000Z", "text": "\u001b[2Jboo"}})";
constexpr const char* kPlain = R"({"name": "cron", "state": "up", "interval_seconds": null, "silent_seconds": 2,
  "suspicion": null, "way": "line", "peer": "127.0.0.1:1", "authentication": "loopback", "last_message": null})";

std::vector<std::string> rows(const std::vector<std::string>& lines, bool with_agent = false,
                              term::Screen screen = {}) {
  std::istringstream text(watch_text(lines, with_agent, screen, kNow));
  std::vector<std::string> rows;
  for (std::string row; std::getline(text, row);) rows.push_back(row);
  return rows;
}

// What stands under that title, in a row of the table.
std::string under(const std::vector<std::string>& table, std::size_t row, const std::string& title) {
  const std::size_t begin = table.at(1).find(title);
  EXPECT_NE(begin, std::string::npos) << title;
  // A figure ends where its title ends, a text begins where it begins.
  std::istringstream words(table.at(row).substr(begin));
  std::string word;
  words >> word;
  return word;
}

TEST(WatchText, EachFigureStandsUnderItsTitle) {
  const auto table = rows({kSilent, kPlain}, false, {.width = 200});
  ASSERT_EQ(table.size(), 4U);
  EXPECT_TRUE(table[0].starts_with("sessions at ")) << table[0];
  EXPECT_TRUE(table[0].ends_with(", q ends")) << table[0];
  EXPECT_EQ(under(table, 2, "session"), "db1");
  EXPECT_NE(table[2].find("pulsing 1 of 3"), std::string::npos) << table[2];
  EXPECT_NE(table[2].find("200 ms"), std::string::npos) << table[2];
  EXPECT_NE(table[2].find("1.5 s"), std::string::npos) << table[2];
  EXPECT_EQ(table[2].substr(0, table[1].find("suspicion") + 9).substr(table[1].find("suspicion") + 6), "4.2");
  EXPECT_EQ(under(table, 2, "way"), "datagram");
  EXPECT_EQ(under(table, 2, "from"), "192.0.2.7:40112");
  EXPECT_NE(table[2].find("192.0.2.7:40112 unauthenticated  "), std::string::npos) << table[2];
  EXPECT_EQ(under(table, 2, "last message"), "\\x1b[2Jboo") << "what acts on a screen is shown, not done";
  EXPECT_EQ(under(table, 3, "session"), "cron");
  EXPECT_EQ(under(table, 3, "state"), "up");
  EXPECT_EQ(under(table, 3, "way"), "line");
  EXPECT_EQ(under(table, 3, "from"), "127.0.0.1:1");
  EXPECT_EQ(table[3].find("unauthenticated"), std::string::npos);
}

TEST(WatchText, AHubNamesTheAgent) {
  const auto table = rows({kSilent, kPlain}, true, {.width = 200});
  EXPECT_EQ(under(table, 2, "agent"), "roof");
  EXPECT_EQ(under(table, 2, "way"), "datagram");
  EXPECT_EQ(under(table, 3, "state"), "up");
}

TEST(WatchText, SaysHowManyItLeavesOut) {
  EXPECT_EQ(rows({kPlain, R"({"end": {"more": 6}})"}).back(), "… 6 more");
  EXPECT_EQ(rows({kPlain, R"({"end": {"more": 0}})"}).size(), 3U);
}

TEST(WatchText, NobodyIsAWordOfItsOwn) {
  const auto text = rows({R"({"end": {"more": 0}})"});
  ASSERT_EQ(text.size(), 2U);
  EXPECT_EQ(text[1], "nobody has sent a pulse, or none matches");
  EXPECT_EQ(rows({}).size(), 2U);
}

TEST(WatchText, WhatIsNoAnswerIsLeftOut) {
  const std::vector<std::string> odd = {
      "", "{", "[]", "7", "null", R"({"end": 7})", R"({"end": {"more": -1}})", R"({"end": {}})"};
  EXPECT_EQ(rows(odd).size(), 2U);
  // Members of other types than they should be.
  const auto table = rows({R"({"name": 7, "state": [], "asked": "x", "asks": {}, "silent_seconds": "long",
                              "last_message": "text", "suspicion": "much"})"});
  ASSERT_EQ(table.size(), 3U);
}

TEST(WatchText, IsColouredWhereColoursAreWelcome) {
  EXPECT_NE(watch_text({kPlain}, false, {.width = 80, .colours = true}, kNow).find("\x1b["), std::string::npos);
  EXPECT_EQ(watch_text({kPlain}, false, {.width = 80, .colours = false}, kNow).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace holter::app

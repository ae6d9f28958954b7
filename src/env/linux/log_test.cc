#include "env/linux/log.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>

#include "env/linux/test_directory.h"
#include "env/linux/unix_address.h"

namespace holter::env_linux {
namespace {

using env::LogLevel;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class LogTest : public testing::Test {
 protected:
  LogTest() { testing::internal::CaptureStderr(); }
  ~LogTest() override { testing::internal::GetCapturedStderr(); }

  TestDirectory directory_;
  const std::string path_ = directory_ / "holter.log";
};

TEST_F(LogTest, ALineHasDateMillisecondsLevelComponentAndFields) {
  ProgramLog log({});
  ASSERT_TRUE(log.add_file({path_}));
  log.warn("spool", "is full", {{"records", 7}, {"text", base::UntrustedText("a \"b\"\n\x1b[31m=c")}, {"empty", ""}});
  const auto lines = lines_of(path_);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0],
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z warn  spool: is "
                           "full records=7 text=.* empty=\"\""));
  EXPECT_THAT(lines[0], testing::Not(HasSubstr("\x1b")));
}

TEST_F(LogTest, ComponentsHaveLevelsOfTheirOwnThatChange) {
  ProgramLog log({LogLevel::warn, {{"heartbeat", LogLevel::debug}}});
  EXPECT_TRUE(log.enabled(LogLevel::debug, "heartbeat"));
  EXPECT_FALSE(log.enabled(LogLevel::info, "store"));
  EXPECT_TRUE(log.enabled(LogLevel::warn, "store"));
  log.set_levels({LogLevel::error, {}});
  EXPECT_FALSE(log.enabled(LogLevel::warn, "heartbeat"));
  ASSERT_TRUE(log.add_file({path_}));
  log.warn("heartbeat", "unsaid");
  log.error("heartbeat", "said");
  EXPECT_EQ(lines_of(path_).size(), 1U);
}

TEST_F(LogTest, TheFileIsRotatedBySize) {
  ProgramLog log({});
  ASSERT_TRUE(log.add_file({path_, 300, 2}));
  for (int i = 0; i < 40; ++i) log.info("store", "number " + std::to_string(i));
  EXPECT_THAT(lines_of(path_).back(), HasSubstr("number 39"));
  EXPECT_FALSE(lines_of(directory_ / "holter.1.log").empty());
  EXPECT_FALSE(lines_of(directory_ / "holter.2.log").empty());
  EXPECT_TRUE(lines_of(directory_ / "holter.3.log").empty());
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsNamed) {
  ProgramLog log({});
  const auto added = log.add_file({directory_ / "no/such/\x01/holter.log"});
  // The library makes directories; a file in the place of one is beyond it.
  EXPECT_TRUE(added || !added.error().message.empty());
  std::ofstream(directory_ / "file") << "x";
  const auto refused = log.add_file({directory_ / "file/holter.log"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("file/holter.log"));
}

TEST_F(LogTest, WhatRepeatsTooFastIsCounted) {
  ProgramLog log({LogLevel::debug, {}});
  ASSERT_TRUE(log.add_file({path_}));
  for (int i = 0; i < 500; ++i) log.info("http", "refused");
  for (int i = 0; i < 500; ++i) log.debug("heartbeat", "datagram");
  EXPECT_EQ(lines_of(path_).size(), kLogBurst + 500);
}

TEST(LogFloodTest, LetsABurstOfEachMessagePassEverySecond) {
  LogFlood flood;
  const auto at = [](std::int64_t ms) { return base::Instant::from_nanoseconds(ms * 1'000'000); };
  for (std::uint32_t i = 0; i < kLogBurst; ++i) EXPECT_EQ(flood.pass("a", "m", at(0)), 0U);
  EXPECT_EQ(flood.pass("a", "m", at(999)), std::nullopt);
  EXPECT_EQ(flood.pass("a", "m", at(999)), std::nullopt);
  EXPECT_EQ(flood.pass("a", "other", at(999)), 0U);
  EXPECT_EQ(flood.pass("b", "m", at(999)), 0U);
  EXPECT_EQ(flood.pass("a", "m", at(1'000)), 2U);
  EXPECT_EQ(flood.pass("a", "m", at(1'000)), 0U);
}

TEST(LogFloodTest, RemembersABoundedNumberOfMessages) {
  LogFlood flood;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < 3 * kMaxLogMessages; ++i) {
    passed += flood.pass("a", std::to_string(i), base::Instant()) ? 1 : 0;
  }
  EXPECT_EQ(passed, kMaxLogMessages + kLogBurst);
}

// What the journal's socket gets for one event.
TEST(JournalTest, AnEntryHasPriorityComponentAndFields) {
  TestDirectory directory;
  const std::string path = directory / "socket";
  UniqueFd journal(::socket(AF_UNIX, SOCK_DGRAM, 0));
  const auto address = *unix_address(path);
  ASSERT_EQ(::bind(journal.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto sender = Journal::at(path);
  ASSERT_TRUE(sender);
  EXPECT_TRUE(sender->send(journal_entry(LogLevel::warn, "spool", "is full", "is full next-try=1", {{"next-try", 1}})));
  std::string got(4'096, '\0');
  got.resize(static_cast<std::size_t>(std::max<ssize_t>(::recv(journal.get(), got.data(), got.size(), 0), 0)));
  EXPECT_EQ(got,
            "PRIORITY=4\nSYSLOG_IDENTIFIER=holter\nMESSAGE=is full next-try=1\nHOLTER_COMPONENT=spool\n"
            "HOLTER_EVENT=is full\nHOLTER_NEXT_TRY=1\n");
  EXPECT_FALSE(Journal::at(directory / "nobody"));
}

TEST(JournalTest, AValueWithALineBreakGoesByItsLength) {
  const auto entry = journal_entry(LogLevel::info, "x", "a\nb", "l", {});
  EXPECT_THAT(entry, HasSubstr(std::string("HOLTER_EVENT\n\x03\0\0\0\0\0\0\0a\nb\n", 25)));
}

}  // namespace
}  // namespace holter::env_linux

#include "env/linux/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

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
  const auto added = log.add_file({directory_ / "no/such/holter.log"});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, base::ErrorKind::not_found);
  EXPECT_THAT(added.error().message, HasSubstr("no/such/holter.log"));
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  UniqueFd reader(::open((directory_ / "pipe").c_str(), O_RDONLY | O_NONBLOCK));
  const auto refused = log.add_file({directory_ / "pipe"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not a regular file"));
}

TEST_F(LogTest, WhatRepeatsTooFastIsCountedAndToldInTheEnd) {
  std::uint64_t told = 0;
  std::size_t written = 0;
  {
    ProgramLog log({LogLevel::debug, {}});
    ASSERT_TRUE(log.add_file({path_}));
    for (int i = 0; i < 5'000; ++i) log.error("http", "refused", {{"number", i}});
    for (int i = 0; i < 500; ++i) log.debug("heartbeat", "datagram");
  }
  for (const auto& line : lines_of(path_)) {
    std::uint64_t thousands = 0;
    std::uint64_t rest = 0;
    if (line.find(": refused") != line.npos) ++written;
    const auto more = line.find("… ");
    if (more == line.npos) continue;
    EXPECT_THAT(line, HasSubstr(" more like this like=refused"));
    const int read = std::sscanf(line.c_str() + more + 4, "%lu,%lu", &thousands, &rest);
    told += read == 2 ? thousands * 1'000 + rest : thousands;
  }
  EXPECT_EQ(written + told, 5'000U);
  EXPECT_GE(written, kLogBurst);
  EXPECT_GT(told, 0U);
  EXPECT_EQ(std::ranges::count_if(lines_of(path_), [](auto& l) { return l.find(": datagram") != l.npos; }), 500);
}

TEST_F(LogTest, TheFileIsForItsGroupWhateverTheUmask) {
  const mode_t before = ::umask(077);
  ProgramLog log({});
  EXPECT_TRUE(log.add_file({path_, 200, 1}));
  for (int i = 0; i < 10; ++i) log.info("store", "number " + std::to_string(i));
  ::umask(before);
  struct stat status{};
  for (const std::string& path : {path_, directory_ / "holter.1.log"}) {
    ASSERT_EQ(::stat(path.c_str(), &status), 0) << path;
    EXPECT_EQ(status.st_mode & 07777U, 0640U) << path;
  }
}

TEST_F(LogTest, ARenamedFileIsLeftWhenItIsOpenedAnew) {
  ProgramLog log({});
  ASSERT_TRUE(log.add_file({path_}));
  log.info("store", "first");
  std::filesystem::rename(path_, directory_ / "moved");
  log.info("store", "second");
  log.reopen();
  log.info("store", "third");
  EXPECT_EQ(lines_of(directory_ / "moved").size(), 2U);
  EXPECT_THAT(lines_of(path_), ElementsAre(HasSubstr("third")));
}

TEST_F(LogTest, AFileEmptiedBySomebodyElseIsNotRotatedForIt) {
  ProgramLog log({});
  ASSERT_TRUE(log.add_file({path_, 400, 1}));
  for (int i = 0; i < 5; ++i) log.info("store", "number " + std::to_string(i));
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  for (int i = 5; i < 8; ++i) log.info("store", "number " + std::to_string(i));
  EXPECT_EQ(lines_of(path_).size(), 3U);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "holter.1.log"));
}

// A limit on file sizes stands for a disk that is full: writes go in part, then not at all.
TEST_F(LogTest, AFullDiskTearsNoLineIsSaidOnceAndCounted) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = 500;
  int ends[2] = {-1, -1};  // a pipe has no size
  ASSERT_EQ(::pipe(ends), 0);
  UniqueFd heard(ends[0]);
  UniqueFd out(ends[1]);
  ProgramLog log({}, {.fd = out.get()});
  ASSERT_TRUE(log.add_file({path_}));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const std::string longest(300, 'x');
  for (int i = 0; i < 4; ++i) log.info("store", "while", {{"number", i}, {"x", longest}});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  log.info("store", "after");
  log.info("store", "more");
  EXPECT_THAT(lines_of(path_), ElementsAre(HasSubstr("while number=0"), MatchesRegex("[^ ]*Z warn  holter: .*lines=3"),
                                           HasSubstr("after"), HasSubstr("more")));
  std::string said(8'192, '\0');
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(heard.get(), said.data(), said.size()), 0)));
  EXPECT_THAT(said, HasSubstr("number=3"));
  EXPECT_EQ(said.find("the log file is not written"), said.rfind("the log file is not written")) << "said once";
  EXPECT_THAT(said, HasSubstr("the log file is written again"));
}

TEST_F(LogTest, AFileThatCannotBeRotatedKeepsWhatItHasAndSaysSoOnce) {
  const std::string err = directory_ / "err";
  UniqueFd out(::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
  ProgramLog log({}, {.fd = out.get()});
  ASSERT_TRUE(log.add_file({path_, 200, 1}));
  // Not even root renames a file onto a directory.
  std::filesystem::create_directories(directory_ / "holter.1.log/inside");
  for (int i = 0; i < 10; ++i) log.info("store", "number " + std::to_string(i));
  const auto kept = lines_of(path_);
  EXPECT_THAT(kept.front(), HasSubstr("number 0"));
  EXPECT_LE(std::filesystem::file_size(path_), 200U);
  const auto said = lines_of(err);
  EXPECT_EQ(std::ranges::count_if(said, [](auto& l) { return l.find("is not written") != l.npos; }), 1);
  EXPECT_EQ(said.size(), 11U) << "standard error has them all";
  std::filesystem::remove_all(directory_ / "holter.1.log");
  log.info("store", "again");
  EXPECT_THAT(lines_of(path_).front(), HasSubstr("lines=" + std::to_string(10 - kept.size())));
  EXPECT_THAT(lines_of(err).back(), HasSubstr("again"));
}

TEST_F(LogTest, ColoursAreForTheLevelOnStandardErrorAlone) {
  const std::string err = directory_ / "err";
  UniqueFd out(::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
  ProgramLog log({}, {.fd = out.get(), .colours = Colours::ansi});
  ASSERT_TRUE(log.add_file({path_}));
  log.warn("store", "coloured");
  log.info("store", "plain");
  EXPECT_THAT(lines_of(err), ElementsAre(HasSubstr("Z \x1b[33mwarn\x1b[0m  store: "), HasSubstr("Z info  store: ")));
  EXPECT_THAT(lines_of(path_), testing::Each(testing::Not(HasSubstr("\x1b"))));
}

TEST_F(LogTest, TheJournalGetsEntriesInsteadOfLines) {
  const std::string path = directory_ / "socket";
  UniqueFd journal(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  const auto address = *unix_address(path);
  ASSERT_EQ(::bind(journal.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string err = directory_ / "err";
  UniqueFd out(::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
  struct stat status{};
  ASSERT_EQ(::fstat(out.get(), &status), 0);
  const std::string named = std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
  EXPECT_TRUE(is_journal(named, out.get()));
  EXPECT_FALSE(is_journal(named, journal.get()));
  EXPECT_FALSE(is_journal("", out.get()));
  ProgramLog log({}, {.fd = out.get(), .journal = Journal::at(path)});
  log.info("store", "told");
  EXPECT_TRUE(lines_of(err).empty());
  std::string got(4'096, '\0');
  EXPECT_GT(::recv(journal.get(), got.data(), got.size(), 0), 0);
  EXPECT_THAT(got, HasSubstr("MESSAGE=store: told\n"));
  journal.reset();
  log.info("store", "alone");
  EXPECT_THAT(lines_of(err), ElementsAre(HasSubstr("store: alone")));
}

// For ThreadSanitizer, and for whole lines.
TEST_F(LogTest, ManyThreadsWriteWhileLevelsAndFilesChange) {
  ProgramLog log({LogLevel::debug, {}});
  ASSERT_TRUE(log.add_file({path_, 10'000'000, 1}));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&log, thread] {
      for (int i = 0; i < 300; ++i) {
        log.debug("probe", "line of a thread", {{"thread", thread}, {"number", i}});
        if (log.enabled(LogLevel::debug, "store")) log.info("store", "held back at times");
        if (thread == 0) log.set_levels({LogLevel::debug, {{"store", i % 2 == 0 ? LogLevel::info : LogLevel::warn}}});
        if (thread == 1 && i % 50 == 0) log.reopen();
        if (thread == 2) log.tell_held();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::size_t count = 0;
  for (const auto& line : lines_of(path_)) {
    EXPECT_THAT(line, MatchesRegex("[0-9T:.-]+Z [a-z]+ +[a-z]+: .*"));
    count += line.find("line of a thread") == line.npos ? 0 : 1;
  }
  EXPECT_EQ(count, 1'200U);
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
  const auto entry = journal_entry(LogLevel::warn, "spool", "is full", {{"next-try", 1}, {"why", "no \"room\""}});
  EXPECT_EQ(sender->send(entry), Journal::Sent::taken);
  std::string got(4'096, '\0');
  got.resize(static_cast<std::size_t>(std::max<ssize_t>(::recv(journal.get(), got.data(), got.size(), 0), 0)));
  EXPECT_EQ(got,
            "PRIORITY=4\nSYSLOG_IDENTIFIER=holter\nMESSAGE=spool: is full next-try=1 why=\"no \\\"room\\\"\"\n"
            "HOLTER_COMPONENT=spool\nHOLTER_EVENT=is full\nHOLTER_NEXT_TRY=1\nHOLTER_WHY=no \"room\"\n");
  EXPECT_EQ(Journal::at(directory / "nobody")->send(entry), Journal::Sent::refused);
  for (int i = 0; i < 10'000 && sender->send(entry) == Journal::Sent::taken; ++i) continue;
  EXPECT_EQ(sender->send(entry), Journal::Sent::busy) << "it must not wait";
}

TEST(JournalTest, AValueWithALineBreakGoesByItsLength) {
  const auto entry = journal_entry(LogLevel::info, "x", "a\nb", {});
  EXPECT_THAT(entry, HasSubstr(std::string("HOLTER_EVENT\n\x03\0\0\0\0\0\0\0a\nb\n", 25)));
}

}  // namespace
}  // namespace holter::env_linux

#include "env/line_history.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "env/linux/files.h"
#include "env/linux/test_directory.h"

namespace holter::env_linux {
namespace {

using Lines = std::vector<std::string>;

struct LineHistoryTest : testing::Test {
  env::LineHistory history() { return {files, path}; }
  std::size_t lines_in_file() const {
    std::ifstream file(path);
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    return lines;
  }

  Files files;
  TestDirectory directory;
  std::string path = directory / "state/holter/history";
};

TEST_F(LineHistoryTest, KeepsLinesForTheNextOne) {
  EXPECT_EQ(history().load(), Lines{});
  ASSERT_TRUE(history().add("hub db.example"));
  ASSERT_TRUE(history().add("message äöü"));
  EXPECT_EQ(history().load(), (Lines{"hub db.example", "message äöü"}));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(LineHistoryTest, LeavesOutWhatIsNoLineOfAPrompt) {
  EXPECT_TRUE(history().add(""));
  EXPECT_TRUE(history().add("two\nlines"));
  EXPECT_TRUE(history().add(std::string(env::kMaxPromptLine + 1, 'x')));
  EXPECT_EQ(history().load(), Lines{});
  ASSERT_TRUE(history().add("kept"));
  std::ofstream(path, std::ios::app) << std::string(env::kMaxPromptLine + 1, 'y') << "\n" << std::string("\0\n", 2);
  EXPECT_EQ(history().load(), Lines{"kept"});
}

TEST_F(LineHistoryTest, ForgetsTheOldestOfMany) {
  ASSERT_TRUE(history().add("first"));
  {
    std::ofstream file(path, std::ios::app);
    for (std::size_t i = 1; i <= env::LineHistory::kMaxLinesInFile; ++i) file << "line " << i << '\n';
  }
  const auto lines = history().load();
  EXPECT_EQ(lines.size(), env::kMaxPromptHistory);
  EXPECT_EQ(lines.back(), "line " + std::to_string(env::LineHistory::kMaxLinesInFile));
  EXPECT_EQ(lines_in_file(), env::kMaxPromptHistory);
  EXPECT_EQ(history().load(), lines);
}

TEST_F(LineHistoryTest, LeavesAFileAloneThatIsNoHistory) {
  ASSERT_TRUE(history().add("first"));
  ASSERT_TRUE((*files.open(path, env::OpenMode::write))->truncate(env::LineHistory::kMaxFileBytes + 1));
  EXPECT_EQ(history().load(), Lines{});
  EXPECT_FALSE(history().add("second"));
}

TEST_F(LineHistoryTest, WithoutAPathKeepsNothing) {
  env::LineHistory nothing(files, "");
  EXPECT_TRUE(nothing.add("a"));
  EXPECT_EQ(nothing.load(), Lines{});
}

}  // namespace
}  // namespace holter::env_linux

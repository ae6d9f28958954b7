#include "env/linux/plain_lines.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "env/linux/loop.h"
#include "env/linux/test_directory.h"
#include "env/linux/test_log.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

using Lines = std::vector<std::string>;

// Standard input is another one for the time of a test.
class PlainLinesTest : public testing::Test {
 protected:
  PlainLinesTest() : before_(::dup(STDIN_FILENO)), loop_(*Loop::create(log_)) {}
  ~PlainLinesTest() override { ::dup2(before_.get(), STDIN_FILENO); }

  UniqueFd input_from_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd read(ends[0]);
    ::dup2(read.get(), STDIN_FILENO);
    return UniqueFd(ends[1]);
  }
  void input_from_file(const std::string& text) {
    std::ofstream(directory_ / "input") << text;
    ASSERT_NE(::freopen((directory_ / "input").c_str(), "r", stdin), nullptr);
  }
  static env::Task<void> read_all(env::Env env, Lines* lines) {
    PlainLines prompt(env.executor, false);
    for (;;) {
      const auto line = co_await prompt.next_line("unseen", env::Remember::no);
      EXPECT_TRUE(line) << line.error().message;
      if (!line || !*line) co_return;
      lines->push_back(**line);
    }
  }
  Lines all() {
    Lines lines;
    loop_->run(read_all(loop_->env(), &lines));
    return lines;
  }

  UniqueFd before_;
  TestDirectory directory_;
  TestLog log_;
  std::unique_ptr<Loop> loop_;
};

TEST_F(PlainLinesTest, ComeFromAPipe) {
  auto pipe = input_from_pipe();
  ASSERT_EQ(::write(pipe.get(), "one\n\r\n two \r\nlast", 17), 17);
  pipe.reset();
  EXPECT_EQ(all(), (Lines{"one", "", " two ", "last"}));
}

TEST_F(PlainLinesTest, ComeFromAFile) {
  input_from_file("one\ntwo\n");
  EXPECT_EQ(all(), (Lines{"one", "two"}));
}

TEST_F(PlainLinesTest, AreCutWhenTheyAreTooLong) {
  input_from_file(std::string(100'000, 'x') + "\nafter\n" + std::string(5'000, 'y'));
  EXPECT_EQ(all(), (Lines{std::string(env::kMaxPromptLine, 'x'), "after", std::string(env::kMaxPromptLine, 'y')}));
}

env::Task<void> read_in_two(env::Env env, int pipe, Lines* lines) {
  PlainLines prompt(env.executor, false);
  const auto until = env.clock.now() + base::Duration::milliseconds(20);
  EXPECT_EQ(::write(pipe, "ha", 2), 2);
  auto first = prompt.next_line("", env::Remember::no);
  const auto nothing = co_await env::with_deadline(env.clock, until, std::move(first));
  EXPECT_FALSE(nothing);
  EXPECT_EQ(::write(pipe, "lf\n", 3), 3);
  auto second = prompt.next_line("", env::Remember::no);
  lines->push_back((co_await std::move(second)).value().value());
}

TEST_F(PlainLinesTest, LoseNothingWhenAWaitIsCancelled) {
  const auto pipe = input_from_pipe();
  Lines lines;
  loop_->run(read_in_two(loop_->env(), pipe.get(), &lines));
  EXPECT_EQ(lines, Lines{"half"});
}

}  // namespace
}  // namespace holter::env_linux

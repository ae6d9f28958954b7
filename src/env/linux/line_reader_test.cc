#include "env/linux/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

using Lines = std::vector<std::string>;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  void put(std::string_view text) {
    EXPECT_EQ(::write(write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  UniqueFd read;
  UniqueFd write;
};

env::Task<void> read_all(env::Env env, int fd, Lines& lines) {
  const auto reader = *LineReader::create(env.offload, fd);
  while (auto line = co_await reader->next()) lines.push_back(*line);
}

Lines lines_of(std::string_view text) {
  Pipe pipe;
  pipe.put(text);
  pipe.write.reset();
  TestLog log;
  const auto loop = *Loop::create(log);
  Lines lines;
  loop->run(read_all(loop->env(), pipe.read.get(), lines));
  return lines;
}

TEST(LineReader, ReadsLinesUpToTheEnd) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a\n\nb c\n"), (Lines{"a", "", "b c"}));
  EXPECT_EQ(lines_of("a\nno end"), (Lines{"a", "no end"}));
  EXPECT_EQ(lines_of(std::string_view("x\0y\n", 4)), (Lines{std::string("x\0y", 3)}));
}

TEST(LineReader, CutsALineThatIsTooLong) {
  const Lines lines = lines_of(std::string(5'000, 'a') + '\n' + std::string(20'000, 'b') + "\nc\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].size(), 5'000U);
  EXPECT_EQ(lines[1], std::string(20'000, 'b'));
  EXPECT_EQ(lines[2], "c");
  Pipe pipe;
  TestLog log;
  const auto loop = *Loop::create(log);
  const auto far_too_long = [](env::Env env, Pipe* ends, Lines* out) -> env::Task<void> {
    const auto reader = *LineReader::create(env.offload, ends->read.get());
    env::TaskGroup group(env.executor);
    const auto write = [](env::Env inner, Pipe* to) -> env::Task<void> {
      auto writing = inner.clock.sleep_for(base::Duration::zero());
      co_await std::move(writing);
      for (int i = 0; i < 50; ++i) {
        to->put(std::string(2'000, 'z'));
        auto pause = inner.clock.sleep_for(base::Duration::milliseconds(1));
        co_await std::move(pause);
      }
      to->put("\nafter\n");
      to->write.reset();
    };
    group.spawn(write(env, ends));
    while (auto line = co_await reader->next()) out->push_back(*line);
    co_await group.join();
  };
  Lines cut;
  loop->run(far_too_long(loop->env(), &pipe, &cut));
  ASSERT_EQ(cut.size(), 2U);
  EXPECT_EQ(cut[0].size(), LineReader::kMaxLineBytes);
  EXPECT_EQ(cut[1], "after");
}

env::Task<void> close_while_waiting(env::Env env, int fd, bool& ended) {
  const auto reader = *LineReader::create(env.offload, fd);
  env::TaskGroup group(env.executor);
  const auto wait = [](LineReader* from, bool* done) -> env::Task<void> {
    const auto line = co_await from->next();
    *done = !line;
  };
  group.spawn(wait(reader.get(), &ended));
  co_await env.clock.sleep_for(base::Duration::milliseconds(20));
  reader->close();
  co_await group.join();
}

TEST(LineReader, CloseEndsTheWaitForALine) {
  Pipe pipe;
  TestLog log;
  const auto loop = *Loop::create(log);
  bool ended = false;
  loop->run(close_while_waiting(loop->env(), pipe.read.get(), ended));
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace holter::env_linux

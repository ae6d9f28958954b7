#include "env/linux/outlet.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

using base::Duration;

constexpr std::size_t kLarge = 500'000;  // much more than a pipe holds

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  std::string take() {
    std::string text(65'536, '\0');
    const ssize_t got = ::read(read.get(), text.data(), text.size());
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
  }
  UniqueFd read;
  UniqueFd write;
};

struct OutletTest : testing::Test {
  using Body = env::Task<void> (*)(env::Env, OutletTest*, Outlet*);

  // Beside an outlet that is closed at the end of `body`.
  void run(Body body) { loop_->run(run_outlet(loop_->env(), this, body)); }
  static env::Task<void> run_outlet(env::Env env, OutletTest* self, Body body) {
    const auto outlet = *Outlet::create(env.executor, env.offload);
    env::TaskGroup group(env.executor);
    group.spawn(outlet->run());
    auto working = body(env, self, outlet.get());
    co_await std::move(working);
    outlet->close();
    co_await group.join();
  }
  int out() const { return pipe_.write.get(); }

  Pipe pipe_;
  Pipe other_;
  TestLog log_;
  std::unique_ptr<Loop> loop_ = *Loop::create(log_);
};

TEST_F(OutletTest, WritesInOrder) {
  run([](env::Env, OutletTest* self, Outlet* outlet) -> env::Task<void> {
    outlet->put(self->out(), "a");
    outlet->put(self->other_.write.get(), "b");
    outlet->put(self->out(), "");
    outlet->put(self->out(), "c");
    EXPECT_EQ(outlet->waiting(), 3U);
    co_await outlet->drained();
    EXPECT_EQ(outlet->waiting(), 0U);
    EXPECT_EQ(self->pipe_.take(), "ac");
    EXPECT_EQ(self->other_.take(), "b");
  });
}

TEST_F(OutletTest, TheLoopGoesOnWhileNobodyReads) {
  run([](env::Env env, OutletTest* self, Outlet* outlet) -> env::Task<void> {
    std::string text;
    for (std::size_t i = 0; text.size() < kLarge; ++i) text += std::to_string(i) + '\n';
    outlet->put(self->out(), text);
    for (int i = 0; i < 20; ++i) co_await env.clock.sleep_for(Duration::milliseconds(1));
    EXPECT_EQ(outlet->waiting(), text.size());
    std::string came;
    while (came.size() < text.size()) came += self->pipe_.take();
    EXPECT_TRUE(came == text);
    co_await outlet->drained();
  });
}

// Not one byte more than it has room for: else the worker would sit in write(), which close() cannot end.
TEST_F(OutletTest, CloseEndsAWriteThatNobodyReads) {
  run([](env::Env env, OutletTest* self, Outlet* outlet) -> env::Task<void> {
    outlet->put(self->out(), std::string(kLarge, 'x'));
    outlet->put(self->out(), "never");
    co_await env.clock.sleep_for(Duration::milliseconds(20));
  });
  EXPECT_EQ(::fcntl(out(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(OutletTest, WhatNobodyCanReadIsDropped) {
  run([](env::Env, OutletTest* self, Outlet* outlet) -> env::Task<void> {
    self->pipe_.read.reset();
    outlet->put(self->out(), std::string(kLarge, 'x'));
    co_await outlet->drained();
    outlet->put(self->other_.write.get(), "still");
    co_await outlet->drained();
    EXPECT_EQ(self->other_.take(), "still");
  });
}

TEST_F(OutletTest, AFileIsWrittenToo) {
  run([](env::Env, OutletTest*, Outlet* outlet) -> env::Task<void> {
    const UniqueFd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    outlet->put(file.get(), std::string(kLarge, 'x'));
    co_await outlet->drained();
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_END), static_cast<off_t>(kLarge));
  });
}

}  // namespace
}  // namespace holter::env_linux

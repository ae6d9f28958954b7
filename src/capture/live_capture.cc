#include "capture/live_capture.h"

#include <utility>

#include "capture/limits.h"

namespace holter::capture {

LiveCapture::LiveCapture(env::Env env, env::FrameSource& source, FrameSink& sink, RecordingWish wish, Observer observer)
    : env_(env),
      source_(source),
      sink_(sink),
      observer_(std::move(observer)),
      recording_(std::move(wish), env_.clock.wall_now()),
      ended_signal_(env_.executor) {}

env::Task<LiveOutcome> LiveCapture::run(env::Task<void> until_told) {
  using boost::asio::experimental::awaitable_operators::operator||;
  env::TaskGroup tasks(env_.executor);
  tasks.spawn(read_frames());
  tasks.spawn(read_counters_each_second());
  auto ended = until_ended();
  co_await (std::move(until_told) || std::move(ended));
  co_await tasks.stop();

  const auto counters = source_.read_counters();
  recording_.read_last(counters ? *counters : env::FrameCounters(), env_.clock.wall_now());
  co_await drain();
  co_await flush();
  if (const auto finished = sink_.finish(recording_.figures()); !finished && outcome_.sink) outcome_.sink = finished;
  recording_.close(sink_.lost());
  outcome_.figures = recording_.figures();
  co_return outcome_;
}

env::Task<void> LiveCapture::read_frames() {
  co_await flush();  // what stands in front of the first packet
  while (!ended_) {
    const auto block = co_await source_.next_block();
    if (!block) {
      end(outcome_.source, block.error());
      break;
    }
    // Nothing may be waited for between these two: a block that was handed over must not get lost.
    sink_.take(recording_.take(*block));
    if (recording_.full()) {
      ended_ = true;
      ended_signal_.notify();
    }
    if (!block->empty()) co_await flush();
  }
}

env::Task<void> LiveCapture::read_counters_each_second() {
  base::Instant due = env_.clock.now();
  for (;;) {
    due = std::max(due + kReadingInterval, env_.clock.now());
    co_await env_.clock.sleep_until(due);
    const auto counters = source_.read_counters();
    if (counters) recording_.read(*counters, env_.clock.wall_now());
    observer_(recording_.figures());
  }
}

env::Task<void> LiveCapture::until_ended() {
  while (!ended_) co_await ended_signal_.wait();
}

void LiveCapture::end(base::Result<void>& where, const base::Error& why) {
  if (where) where = why;
  ended_ = true;
  ended_signal_.notify();
}

env::Task<void> LiveCapture::flush() {
  std::function<void()> work = [this] {
    if (auto written = sink_.flush(); !written && outcome_.sink) outcome_.sink = written;
  };
  co_await env_.offload.run_blocking(std::move(work));
  if (!outcome_.sink) end(outcome_.sink, outcome_.sink.error());
}

env::Task<void> LiveCapture::drain() {
  const base::Instant deadline = env_.clock.now() + kDrainTime;
  while (recording_.owed() > 0) {
    auto next = source_.next_block();
    const auto block = co_await env::with_deadline(env_.clock, deadline, std::move(next));
    if (!block) break;
    sink_.take(recording_.take(*block));
  }
}

}  // namespace holter::capture

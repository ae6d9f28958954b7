#include "capture/live_capture.h"

#include <utility>

#include "capture/limits.h"

namespace holter::capture {

LiveCapture::LiveCapture(env::Env env, std::vector<LiveSource> sources, std::uint64_t limit, FrameSink& sink,
                         Observer observer)
    : env_(env),
      sources_(std::move(sources)),
      allowance_{limit},
      sink_(sink),
      observer_(std::move(observer)),
      alive_(sources_.size()),
      ended_signal_(env_.executor),
      taken_signal_(env_.executor),
      written_signal_(env_.executor) {
  for (const LiveSource& source : sources_) recordings_.emplace_back(source.wish, allowance_, env_.clock.wall_now());
  outcome_.sources.assign(sources_.size(), {});
}

env::Task<LiveOutcome> LiveCapture::run(env::Task<void> until_told) {
  using boost::asio::experimental::awaitable_operators::operator||;
  env::TaskGroup writing(env_.executor);
  writing.spawn(write_what_comes());
  env::TaskGroup reading(env_.executor);
  for (std::size_t source = 0; source < sources_.size(); ++source) reading.spawn(read_frames(source));
  reading.spawn(read_counters_each_second());
  auto ended = until_ended();
  co_await (std::move(until_told) || std::move(ended));
  co_await reading.stop();

  const base::Instant deadline = env_.clock.now() + kDrainTime;
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    const auto counters = sources_[source].frames.read_counters();
    recordings_[source].read_last(counters ? *counters : env::FrameCounters(), env_.clock.wall_now());
  }
  for (std::size_t source = 0; source < sources_.size(); ++source) co_await drain(source, deadline);
  sink_.finish(figures());
  closing_ = true;
  taken_signal_.notify();
  co_await writing.join();
  for (std::size_t source = 0; source < sources_.size(); ++source) recordings_[source].close(sink_.lost(source));
  outcome_.figures = figures();
  co_return outcome_;
}

env::Task<void> LiveCapture::read_frames(std::size_t source) {
  while (!ended_) {
    while (sink_.waiting() > kMostWaiting) co_await written_signal_.wait();
    const auto block = co_await sources_[source].frames.next_block();
    if (!block) {
      outcome_.sources[source] = block.error();
      if (--alive_ == 0) end();
      co_return;
    }
    // Nothing may be waited for between these two: a block that was handed over must not get lost.
    take(source, *block);
    if (allowance_.used_up()) end();
  }
}

void LiveCapture::take(std::size_t source, std::span<const env::Frame> frames) {
  sink_.take(source, recordings_[source].take(frames));
  if (sink_.waiting() != 0) taken_signal_.notify();
}

env::Task<void> LiveCapture::read_counters_each_second() {
  base::Instant due = env_.clock.now();
  for (;;) {
    due = std::max(due + kReadingInterval, env_.clock.now());
    co_await env_.clock.sleep_until(due);
    observer_(read_now());
  }
}

std::vector<RecordingFigures> LiveCapture::read_now() {
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    const auto counters = sources_[source].frames.read_counters();
    if (counters) recordings_[source].read(*counters, env_.clock.wall_now());
  }
  sink_.learn(figures());
  return figures();
}

std::vector<RecordingFigures> LiveCapture::figures() const {
  std::vector<RecordingFigures> all;
  for (const Recording& recording : recordings_) all.push_back(recording.figures());
  return all;
}

env::Task<void> LiveCapture::until_ended() {
  while (!ended_) co_await ended_signal_.wait();
}

void LiveCapture::end() {
  ended_ = true;
  ended_signal_.notify();
}

// Never cancelled, so that what was handed over is written.
env::Task<void> LiveCapture::write_what_comes() {
  for (;;) {
    if (sink_.waiting() != 0) {
      co_await write();
    } else if (closing_) {
      co_return;
    } else {
      co_await taken_signal_.wait();
    }
  }
}

env::Task<void> LiveCapture::write() {
  sink_.hand_over();
  base::Result<void> written;
  std::function<void()> work = [this, &written] { written = sink_.write(); };
  co_await env_.offload.run_blocking(std::move(work));
  written_signal_.notify();
  if (written || !outcome_.sink) co_return;
  outcome_.sink = written;
  end();
}

env::Task<void> LiveCapture::drain(std::size_t source, base::Instant deadline) {
  while (recordings_[source].owed() > 0) {
    auto next = sources_[source].frames.next_block();
    const auto block = co_await env::with_deadline(env_.clock, deadline, std::move(next));
    if (!block) break;
    take(source, *block);
  }
}

}  // namespace holter::capture

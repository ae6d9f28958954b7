// LiveCapture reads open interfaces into a FrameSink until it is told to stop, has as many frames as were wanted, the
// last interface has gone away, or nothing can be written any more. Then it reads the kernel's counters a last time and
// takes what they count and is still in the rings, so that the figures add up exactly (recording.h). While more waits
// for the sink than kMostWaiting nothing is taken, and what finds no room in a ring is counted by the kernel.
//
// Everything runs on the loop of its Env but the sink's write(), which may block and runs on its Offload; what it
// refers to outlives it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "capture/frame_sink.h"
#include "env/env.h"

namespace holter::capture {

inline constexpr base::Duration kDrainTime = base::Duration::seconds(1);  // the ring hands over within 50 ms
inline constexpr std::size_t kMostWaiting = std::size_t{16} << 20;

struct LiveSource {
  env::FrameSource& frames;
  RecordingWish wish;
};

struct LiveOutcome {
  std::vector<RecordingFigures> figures;    // of each source
  std::vector<base::Result<void>> sources;  // why no more frames came, when it was not told to stop
  base::Result<void> sink;                  // why no more could be written
};

class LiveCapture {
 public:
  // Once a second, after the counters were read.
  using Observer = std::function<void(std::span<const RecordingFigures>)>;

  // `limit`: frames kept at most, of all sources together; 0: all.
  LiveCapture(env::Env env, std::vector<LiveSource> sources, std::uint64_t limit, FrameSink& sink, Observer observer);
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  // `until_told` ends when it should stop. Once.
  env::Task<LiveOutcome> run(env::Task<void> until_told);
  // The figures as of now; while it runs.
  std::vector<RecordingFigures> read_now();

 private:
  env::Task<void> read_frames(std::size_t source);
  env::Task<void> read_counters_each_second();
  env::Task<void> until_ended();
  env::Task<void> write_what_comes();
  env::Task<void> write();
  env::Task<void> drain(std::size_t source, base::Instant deadline);
  void take(std::size_t source, std::span<const env::Frame> frames);
  void end();
  std::vector<RecordingFigures> figures() const;

  env::Env env_;
  std::vector<LiveSource> sources_;
  Allowance allowance_;
  FrameSink& sink_;
  Observer observer_;
  std::vector<Recording> recordings_;
  std::size_t alive_;  // sources that give frames
  env::Signal ended_signal_;
  env::Signal taken_signal_;    // there is something to write, or nothing will come any more
  env::Signal written_signal_;  // there is room again
  bool ended_ = false;
  bool closing_ = false;  // what waits is the last there is
  LiveOutcome outcome_;
};

}  // namespace holter::capture

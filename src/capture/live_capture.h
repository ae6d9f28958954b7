// LiveCapture reads an open interface into a FrameSink until it is told to stop, has as many frames as were wanted, or
// one of its two ends fails. Then it reads the kernel's counters a last time and takes what they count and is still in
// the ring, so that the figures add up exactly (recording.h). Everything runs on the loop of its Env but the sink's
// flush(), which may block and runs on its Offload; what it refers to outlives it.
#pragma once

#include <functional>
#include <optional>

#include "capture/frame_sink.h"
#include "env/env.h"

namespace holter::capture {

inline constexpr base::Duration kDrainTime = base::Duration::seconds(1);  // the ring hands over within 50 ms

struct LiveOutcome {
  RecordingFigures figures;
  base::Result<void> source;  // why no more frames came, when it was not told to stop
  base::Result<void> sink;    // why no more could be written
};

class LiveCapture {
 public:
  // Once a second, after the counters were read.
  using Observer = std::function<void(const RecordingFigures&)>;

  LiveCapture(env::Env env, env::FrameSource& source, FrameSink& sink, RecordingWish wish, Observer observer);
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  // `until_told` ends when it should stop. Once.
  env::Task<LiveOutcome> run(env::Task<void> until_told);

 private:
  env::Task<void> read_frames();
  env::Task<void> read_counters_each_second();
  env::Task<void> until_ended();
  env::Task<void> flush();
  env::Task<void> drain();
  void end(base::Result<void>& where, const base::Error& why);

  env::Env env_;
  env::FrameSource& source_;
  FrameSink& sink_;
  Observer observer_;
  Recording recording_;
  env::Signal ended_signal_;
  bool ended_ = false;
  LiveOutcome outcome_;
};

}  // namespace holter::capture

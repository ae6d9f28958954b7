// FrameSink is where a live capture puts the frames that it keeps: a file, or lines on the screen. take() only
// remembers, so that it may be called from a loop; flush() writes and may block. One thread at a time.
#pragma once

#include <span>

#include "capture/recording.h"
#include "env/frames.h"

namespace holter::capture {

class FrameSink {
 public:
  virtual ~FrameSink() = default;

  // A whole batch: the frames' bytes are not kept.
  virtual void take(std::span<const env::Frame> frames) = 0;
  // After an error nothing more is written.
  virtual base::Result<void> flush() = 0;
  // Nothing follows: writes what is left and what the figures say. After an error of flush() it only tidies up.
  virtual base::Result<void> finish(const RecordingFigures& figures) = 0;
  // Frames taken that never reached the output whole.
  virtual std::uint64_t lost() const = 0;
};

}  // namespace holter::capture

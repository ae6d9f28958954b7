// FrameSink is where a live capture puts the frames that it keeps: files, lines on the screen, a table of
// conversations. take(), learn(), finish() and hand_over() only remember, so that a loop may call them; write() may
// block and runs elsewhere, after a hand_over() and before the next one, while more is taken.
#pragma once

#include <span>

#include "capture/recording.h"
#include "env/frames.h"

namespace holter::capture {

class FrameSink {
 public:
  virtual ~FrameSink() = default;

  // Of the source with this number, from 0. A whole batch: the frames' bytes are not kept.
  virtual void take(std::size_t source, std::span<const env::Frame> frames) = 0;
  // What every source has counted so far, about once a second.
  virtual void learn(std::span<const RecordingFigures>) {}
  // Nothing follows; what the figures say may be written last.
  virtual void finish(std::span<const RecordingFigures>) {}

  // Bytes taken that wait for a hand_over().
  virtual std::size_t waiting() const = 0;
  // What was taken is what write() writes next.
  virtual void hand_over() = 0;
  // After an error nothing more is written.
  virtual base::Result<void> write() = 0;
  // Frames of a source that never reached the output whole. Not while write() runs.
  virtual std::uint64_t lost(std::size_t source) const = 0;
};

}  // namespace holter::capture

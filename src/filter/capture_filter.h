// What a capture records: what `keep` matches and none of `drops` does. A frame is asked as a whole by each of them, as
// frame_match.h says. Values; CaptureMatch is of one thread.
#pragma once

#include <vector>

#include "filter/frame_match.h"

namespace holter::filter {

struct CaptureFilter {
  std::optional<PacketFilter> keep = {};  // none: everything
  std::vector<PacketFilter> drops = {};

  bool takes_everything() const { return !keep && drops.empty(); }
};

class CaptureMatch {
 public:
  CaptureMatch() = default;  // wants everything
  explicit CaptureMatch(const CaptureFilter& filter);

  // `innermost` is what the frame decodes to, with checksums verified when that is needed.
  bool wants(const Frame& frame, const wire::Packet& innermost);
  bool needs_checksums() const;
  bool takes_everything() const { return !keep_ && drops_.empty(); }

 private:
  std::optional<FrameMatch> keep_;
  std::vector<FrameMatch> drops_;
};

}  // namespace holter::filter

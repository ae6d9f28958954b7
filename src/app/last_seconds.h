// The frames of the last seconds: the recorder's rings, who answers from them, and what is known of those that are
// probes'. Their memory outlives the capture. One loop; the rings are for any thread.
#pragma once

#include <string>
#include <vector>

#include "app/capture_plan.h"
#include "app/freeze_desk.h"
#include "app/probe_packets.h"
#include "app/recorder_file.h"
#include "app/start.h"

namespace holter::app {

class LastSeconds {
 public:
  // A ring for each loop of the plan, which is told of them. `router` answers from them, or says why there are none.
  LastSeconds(env::Env env, const RunOptions& options, const Ground& ground, CapturePlan& plan, http::Router& router);

  const std::vector<recorder::Ring>& rings() const { return files_.rings(); }
  // Who is told of probes' packets: these, and who explains them.
  std::vector<AnnouncementBox> with_listeners(std::vector<AnnouncementBox> captures) const;
  // Takes in what is announced. Until cancelled.
  env::Task<void> keep_notes();
  const FrameNotes& notes() const { return notes_; }
  // Of the kept memory, for the banner; empty without.
  std::string in_words() const;
  // The files, at a clean end. The memory stays as long as this does.
  void remove() { files_.remove(); }

 private:
  env::Env env_;
  std::string off_;  // why there are none
  RecorderFiles files_;
  FrameNotes notes_;
  FreezeDesk desk_;
};

}  // namespace holter::app

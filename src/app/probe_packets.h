// What passes between probes and captures: announcements of packets that are about to leave, to whoever listens, and
// back what was seen of them. An announcement goes into a letterbox: a listener takes it when it looks at frames, and
// may be gone before the probes are, or come later.
#pragma once

#include <vector>

#include "api/figures.h"
#include "capture/probe_packets.h"
#include "env/letterbox.h"
#include "env/mailbox.h"
#include "record/probe_packets.h"
#include "recorder/freeze.h"

namespace holter::app {

using AnnouncementBox = env::Letterbox<record::AwaitedPackets>;
using SightingBox = env::Mailbox<record::ProbeSightings>;
inline constexpr std::size_t kWaitingAnnouncements = 16'384;
inline constexpr std::size_t kWaitingSightings = 1'024;

// FrameNotes is the listener that remembers: what is to be said of frames of the last minutes. The main loop.
class FrameNotes {
 public:
  explicit FrameNotes(base::Duration kept_for) : packets_(kept_for) {}

  AnnouncementBox box() const { return box_; }
  // Takes in what was announced: so often that the box has room.
  void take(base::PacketTime now);
  // What knows them, as long as this is there; empty while there are none.
  recorder::Comment comments();
  std::uint64_t pushed_out() const { return packets_.pushed_out(); }

 private:
  AnnouncementBox box_{kWaitingAnnouncements};
  std::vector<record::AwaitedPackets> arrived_;
  capture::ProbePackets packets_;
};

// Announcements that found no room.
std::vector<api::FigureFamily> announcement_figures(const std::vector<AnnouncementBox>& boxes, const FrameNotes& notes);

}  // namespace holter::app

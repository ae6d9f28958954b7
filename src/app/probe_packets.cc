#include "app/probe_packets.h"

namespace holter::app {

void FrameNotes::take(base::PacketTime now) {
  box_.take(arrived_);
  for (auto& awaited : arrived_) packets_.await(std::move(awaited), now);
  arrived_.clear();
}

recorder::Comment FrameNotes::comments() {
  if (packets_.awaits_nothing()) return {};
  return [this](const wire::Packet& packet, base::Bytes frame, base::PacketTime at) {
    return packets_.comment(packet, frame, at);
  };
}

std::vector<api::FigureFamily> announcement_figures(const std::vector<AnnouncementBox>& boxes,
                                                    const FrameNotes& notes) {
  std::uint64_t refused = 0;
  for (const auto& box : boxes) refused += box.refused();
  return {{"holter_probe_packets_unannounced",
           "Packets of probes that were not looked for, for want of room.",
           "why",
           true,
           {{"box_full", refused}, {"pushed_out", notes.pushed_out()}}}};
}

}  // namespace holter::app

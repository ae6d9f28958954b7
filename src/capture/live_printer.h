// LivePrinter shows the frames of a live capture, one a line. The output outlives it.
#pragma once

#include <array>

#include "capture/frame_sink.h"
#include "capture/packet_printer.h"
#include "wire/numbers.h"

namespace holter::capture {

struct LiveInterface {
  std::string name;
  wire::LinkType link = wire::LinkType::unknown;
};

class LivePrinter final : public FrameSink {
 public:
  // In words the interface is left out when there is only one.
  LivePrinter(env::OutputStream& output, PrintForm form, std::vector<LiveInterface> interfaces);

  void take(std::size_t source, std::span<const env::Frame> frames) override;
  std::size_t waiting() const override { return printers_[taking_].waiting(); }
  void hand_over() override;
  base::Result<void> write() override;
  std::uint64_t lost(std::size_t source) const override { return lost_[source]; }

 private:
  std::array<PacketPrinter, 2> printers_;             // one takes, the other writes
  std::array<std::vector<std::uint64_t>, 2> frames_;  // of each source in it
  std::size_t taking_ = 0;
  std::vector<LiveInterface> interfaces_;
  bool names_;
  std::uint64_t number_ = 0;
  wire::FieldList fields_;
  std::vector<std::uint64_t> lost_;
  bool failed_ = false;
};

}  // namespace holter::capture

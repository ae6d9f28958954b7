// LivePrinter shows the frames of a live capture, one a line. The output outlives it; one thread at a time.
#pragma once

#include "capture/frame_sink.h"
#include "capture/packet_printer.h"
#include "wire/numbers.h"

namespace holter::capture {

class LivePrinter final : public FrameSink {
 public:
  // In words the interface is left out: there is only one.
  LivePrinter(env::OutputStream& output, PrintForm form, const std::string& interface, wire::LinkType link);

  void take(std::span<const env::Frame> frames) override;
  base::Result<void> flush() override;
  base::Result<void> finish(const RecordingFigures&) override { return flush(); }
  std::uint64_t lost() const override { return lost_; }

 private:
  PacketPrinter printer_;
  wire::LinkType link_;
  describe::FrameFacts facts_;
  wire::FieldList fields_;
  std::uint64_t waiting_ = 0;  // frames
  std::uint64_t lost_ = 0;
  bool failed_ = false;
};

}  // namespace holter::capture

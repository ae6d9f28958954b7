#include "capture/live_printer.h"

#include "capture/asked_frame.h"
#include "wire/dispatch.h"

namespace holter::capture {

LivePrinter::LivePrinter(env::OutputStream& output, PrintForm form, std::vector<LiveInterface> interfaces)
    : printers_{PacketPrinter(output, {.form = form}), PacketPrinter(output, {.form = form})},
      interfaces_(std::move(interfaces)),
      names_(form == PrintForm::json || interfaces_.size() > 1),
      lost_(interfaces_.size()) {
  for (auto& frames : frames_) frames.assign(interfaces_.size(), 0);
}

void LivePrinter::take(std::size_t source, std::span<const env::Frame> frames) {
  const auto& [name, link] = interfaces_[source];
  describe::FrameFacts facts;
  facts.linktype = wire::pcap_of_link_type(link);
  if (names_) facts.interface = base::UntrustedText(name);
  for (const env::Frame& frame : frames) {
    fields_.clear();
    const wire::Packet packet =
        wire::decode(frame.bytes, frame.original_length, link, hints_of(frame), {.fields = &fields_});
    facts.number = ++number_;
    facts.captured_at = frame.captured_at;
    printers_[taking_].show({frame.bytes, packet, fields_, facts});
  }
  frames_[taking_][source] += frames.size();
}

void LivePrinter::hand_over() {
  taking_ = 1 - taking_;
  frames_[taking_].assign(interfaces_.size(), 0);
}

base::Result<void> LivePrinter::write() {
  auto written = printers_[1 - taking_].flush();
  if (!failed_ && written) return written;
  // Which of the lines went out whole, nobody needs to know.
  for (std::size_t source = 0; source < lost_.size(); ++source) lost_[source] += frames_[1 - taking_][source];
  failed_ = true;
  return written;
}

}  // namespace holter::capture

#include "capture/live_printer.h"

#include "wire/dispatch.h"

namespace holter::capture {

LivePrinter::LivePrinter(env::OutputStream& output, PrintForm form, const std::string& interface, wire::LinkType link)
    : printer_(output, {.form = form}), link_(link) {
  facts_.linktype = wire::pcap_of_link_type(link);
  if (form == PrintForm::json) facts_.interface = base::UntrustedText(interface);
}

void LivePrinter::take(std::span<const env::Frame> frames) {
  if (failed_) {
    lost_ += frames.size();
    return;
  }
  for (const env::Frame& frame : frames) {
    const wire::DecodeHints hints{frame.has_vlan, frame.vlan_tci, frame.checksum_not_ready};
    fields_.clear();
    const wire::Packet packet = wire::decode(frame.bytes, frame.original_length, link_, hints, {.fields = &fields_});
    ++facts_.number;
    facts_.captured_at = frame.captured_at;
    printer_.show({frame.bytes, packet, fields_, facts_});
  }
  waiting_ += frames.size();
}

base::Result<void> LivePrinter::flush() {
  if (failed_) return {};
  auto written = printer_.flush();
  if (!written) {
    failed_ = true;
    lost_ += waiting_;  // which of the lines went out whole, nobody needs to know
  }
  waiting_ = 0;
  return written;
}

}  // namespace holter::capture

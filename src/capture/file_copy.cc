#include "capture/file_copy.h"

#include <algorithm>

#include "wire/file/pcapng_writer.h"
#include "wire/limits.h"

namespace holter::capture {

FileCopy::FileCopy(env::OutputStream& output, FileFormat format, std::string application)
    : output_(output), format_(format) {
  if (format_ == FileFormat::pcapng) wire::write_pcapng_section(waiting_, application, "Linux");
}

std::uint32_t FileCopy::number_of(const base::UntrustedText& interface, std::uint32_t linktype) {
  const auto same = [&](const Interface& known) { return known.linktype == linktype && known.name == interface; };
  if (newest_ < interfaces_.size() && same(interfaces_[newest_])) return newest_;
  auto at = std::ranges::find_if(interfaces_, same);
  if (at == interfaces_.end()) {
    wire::write_pcapng_interface(waiting_, {interface.raw(), linktype, wire::kMaxPcapFrameBytes});
    at = interfaces_.insert(at, {interface, linktype});
  }
  newest_ = static_cast<std::uint32_t>(at - interfaces_.begin());
  return newest_;
}

bool FileCopy::begin_classic(std::uint32_t linktype) {
  if (interfaces_.empty()) {
    wire::write_pcap_header(waiting_, linktype, wire::kMaxPcapFrameBytes);
    interfaces_.push_back({{}, linktype});
  }
  if (interfaces_[0].linktype == linktype) return true;
  trouble_ = "the packets are of link types " + std::to_string(interfaces_[0].linktype) + " and " +
             std::to_string(linktype) + ", and a .pcap file holds one; name the copy .pcapng";
  return false;
}

void FileCopy::take(const ReadPackets& several) {
  for (const wire::CapturedFrame& frame : several.frames) copy(frame, several.interface);
}

void FileCopy::copy(const wire::CapturedFrame& frame, const base::UntrustedText& interface) {
  const wire::PcapFrame copy{frame.captured_at.value_or(base::PacketTime()), frame.bytes, frame.original_length};
  if (format_ == FileFormat::pcap) {
    if (!trouble_.empty() || !begin_classic(frame.linktype)) return;
    write_pcap_frame(waiting_, copy);
  } else {
    write_pcapng_frame(waiting_, number_of(interface, frame.linktype), copy);
  }
  ++packets_;
}

base::Result<void> FileCopy::finish() {
  // An empty copy is a capture file too.
  if (format_ == FileFormat::pcap && interfaces_.empty()) begin_classic(wire::kLinktypeEthernet);
  return flush();
}

base::Result<void> FileCopy::flush() {
  auto written = output_.write_all(waiting_.view());
  waiting_.clear();
  if (written && !trouble_.empty()) return base::Error{base::ErrorKind::unsupported, trouble_};
  return written;
}

}  // namespace holter::capture

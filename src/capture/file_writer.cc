#include "capture/file_writer.h"

#include <algorithm>

#include "wire/file/pcapng_writer.h"

namespace holter::capture {
namespace {

constexpr std::size_t kTagAt = 12;  // behind both addresses of an Ethernet header
constexpr std::size_t kTagBytes = 4;

base::PacketTime packet_time(base::WallTime t) { return base::PacketTime::from_nanoseconds(t.in_nanoseconds()); }

}  // namespace

FileFormat format_of(const std::string& path) {
  return path.ends_with(".pcap") ? FileFormat::pcap : FileFormat::pcapng;
}

FileWriter::FileWriter(env::OutputStream& output, FileWriterOptions options)
    : output_(output), options_(std::move(options)) {
  if (options_.format == FileFormat::pcap) {
    wire::write_pcap_header(waiting_, options_.linktype, options_.snaplen);
    return;
  }
  wire::write_pcapng_section(waiting_, options_.application, options_.os);
  wire::write_pcapng_interface(waiting_, {options_.interface, options_.linktype, options_.snaplen});
}

void FileWriter::take(std::span<const env::Frame> frames) {
  if (failed_) {
    lost_ += frames.size();
    return;
  }
  for (const env::Frame& frame : frames) {
    put_frame(frame);
    ends_.push_back(waiting_.size());
  }
}

void FileWriter::put_frame(const env::Frame& frame) {
  wire::PcapFrame out{frame.captured_at, frame.bytes, frame.original_length};
  if (frame.has_vlan && frame.bytes.size() >= kTagAt && options_.linktype == wire::kLinktypeEthernet) {
    base::ByteWriter whole;
    whole.bytes(frame.bytes.first(kTagAt));
    whole.u16(frame.vlan_ether_type);
    whole.u16(frame.vlan_tci);
    whole.bytes(frame.bytes.subspan(kTagAt));
    retagged_ = whole.take();
    out.bytes = retagged_;
    out.original_length += kTagBytes;
  }
  if (options_.format == FileFormat::pcap) {
    wire::write_pcap_frame(waiting_, out);
  } else {
    wire::write_pcapng_frame(waiting_, 0, out);
  }
}

base::Result<void> FileWriter::flush() {
  if (failed_) return {};
  auto written = output_.write_all(waiting_.view());
  if (!written) {
    failed_ = true;
    count_lost();
    return written;
  }
  flushed_ += waiting_.size();
  waiting_.clear();
  ends_.clear();
  return {};
}

// Part of what waited may have gone out: what ends with a whole packet stays.
void FileWriter::count_lost() {
  const std::uint64_t went_out = output_.written() - flushed_;
  const auto first_lost = std::ranges::upper_bound(ends_, went_out);
  lost_ += static_cast<std::uint64_t>(ends_.end() - first_lost);
  const std::uint64_t whole = first_lost == ends_.begin() ? 0 : *(first_lost - 1);
  // A pipe's reader gets the rest of a packet; nothing can be done about it.
  [[maybe_unused]] const auto cut = output_.cut_to(flushed_ + whole);
}

base::Result<void> FileWriter::finish(const RecordingFigures& figures) {
  if (failed_) return {};
  if (options_.format == FileFormat::pcapng) {
    wire::write_pcapng_statistics(
        waiting_, 0,
        {packet_time(figures.from), packet_time(figures.to), figures.kernel_packets, figures.kernel_drops});
  }
  return flush();
}

}  // namespace holter::capture

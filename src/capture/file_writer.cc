#include "capture/file_writer.h"

#include <algorithm>

#include "wire/file/pcapng_writer.h"

namespace holter::capture {
namespace {

constexpr std::size_t kTagAt = 12;  // behind both addresses of an Ethernet header
constexpr std::size_t kTagBytes = 4;
constexpr std::size_t kMostFramingBytes = 32 + 3;  // of a packet block, with its padding

base::PacketTime packet_time(base::WallTime t) { return base::PacketTime::from_nanoseconds(t.in_nanoseconds()); }
base::WallTime wall_time(base::PacketTime t) { return base::WallTime::from_nanoseconds(t.in_nanoseconds()); }

wire::PcapngStatistics statistics_of(const RecordingFigures& figures) {
  wire::PcapngStatistics statistics;
  statistics.from = packet_time(figures.from);
  statistics.to = packet_time(figures.to);
  if (figures.kernel_refused) statistics.received = figures.kernel_packets + *figures.kernel_refused;
  statistics.dropped = figures.kernel_drops;
  statistics.accepted = figures.recorded;
  return statistics;
}

}  // namespace

FileFormat format_of(const std::string& path) {
  return path.ends_with(".pcap") ? FileFormat::pcap : FileFormat::pcapng;
}

FileWriter::FileWriter(env::OutputSeries& files, FileWriterOptions options)
    : files_(files),
      options_(std::move(options)),
      figures_(options_.interfaces.size()),
      period_(options_.begun),
      lost_(options_.interfaces.size()) {
  begin_file(options_.begun);
  const std::size_t before = pieces_.back().bytes.size();
  put_statistics();
  statistics_bytes_ = pieces_.back().bytes.size() - before;
  pieces_.clear();
  begin_file(options_.begun);
}

void FileWriter::begin_file(base::WallTime first) {
  Piece& piece = pieces_.emplace_back();
  piece.opens = true;
  piece.first = first;
  if (options_.format == FileFormat::pcap) {
    wire::write_pcap_header(piece.bytes, options_.interfaces.front().linktype, options_.snaplen);
  } else {
    wire::write_pcapng_section(piece.bytes, options_.application, options_.os);
    for (const FileInterface& interface : options_.interfaces) {
      wire::write_pcapng_interface(piece.bytes, {interface.name, interface.linktype, options_.snaplen});
    }
  }
  file_bytes_ = piece.bytes.size();
  file_frames_ = 0;
}

void FileWriter::take(std::size_t source, std::span<const env::Frame> frames) {
  if (frames.empty()) return;
  if (pieces_.empty()) pieces_.emplace_back();
  for (const env::Frame& frame : frames) {
    if (is_due(frame)) rotate(frame);
    const std::size_t before = pieces_.back().bytes.size();
    put_frame(source, frame);
    pieces_.back().ends.push_back({pieces_.back().bytes.size(), source});
    file_bytes_ += pieces_.back().bytes.size() - before;
    ++file_frames_;
  }
}

bool FileWriter::is_due(const env::Frame& frame) const {
  const Rotation& rotation = options_.rotation;
  if (rotation.time > base::Duration::zero() && wall_time(frame.captured_at) >= period_ + rotation.time) return true;
  const std::uint64_t with_it = file_bytes_ + frame.bytes.size() + kTagBytes + kMostFramingBytes + statistics_bytes_;
  return rotation.bytes != 0 && file_frames_ != 0 && with_it > rotation.bytes;
}

void FileWriter::rotate(const env::Frame& frame) {
  put_statistics();
  const base::WallTime at = wall_time(frame.captured_at);
  if (const base::Duration step = options_.rotation.time; step > base::Duration::zero() && at >= period_ + step) {
    period_ = period_ + step * ((at - period_).in_nanoseconds() / step.in_nanoseconds());
  }
  begin_file(at);
}

void FileWriter::put_statistics() {
  if (options_.format != FileFormat::pcapng) return;
  for (std::uint32_t interface = 0; interface < figures_.size(); ++interface) {
    wire::write_pcapng_statistics(pieces_.back().bytes, interface, statistics_of(figures_[interface]));
  }
}

base::Bytes FileWriter::with_tag(const env::Frame& frame) {
  base::ByteWriter whole;
  whole.bytes(frame.bytes.first(kTagAt));
  whole.u16(frame.vlan_ether_type);
  whole.u16(frame.vlan_tci);
  whole.bytes(frame.bytes.subspan(kTagAt));
  retagged_ = whole.take();
  return retagged_;
}

void FileWriter::put_frame(std::size_t source, const env::Frame& frame) {
  wire::PcapFrame out{frame.captured_at, frame.bytes, frame.original_length};
  const bool ethernet = options_.interfaces[source].linktype == wire::kLinktypeEthernet;
  if (frame.has_vlan && frame.bytes.size() >= kTagAt && ethernet) {
    out.bytes = with_tag(frame);
    out.original_length += kTagBytes;
  }
  base::ByteWriter& bytes = pieces_.back().bytes;
  if (options_.format == FileFormat::pcap) {
    wire::write_pcap_frame(bytes, out);
  } else {
    wire::write_pcapng_frame(bytes, static_cast<std::uint32_t>(source), out);
  }
}

void FileWriter::learn(std::span<const RecordingFigures> figures) { figures_.assign(figures.begin(), figures.end()); }

void FileWriter::finish(std::span<const RecordingFigures> figures) {
  learn(figures);
  if (pieces_.empty()) pieces_.emplace_back();
  put_statistics();
}

std::size_t FileWriter::waiting() const {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces_) bytes += piece.bytes.size();
  return bytes;
}

void FileWriter::hand_over() { writing_ = std::exchange(pieces_, {}); }

base::Result<void> FileWriter::write() {
  base::Result<void> outcome;
  for (const Piece& piece : writing_) {
    if (failed_) {
      count_lost(piece, 0);
    } else if (auto written = write(piece); !written) {
      failed_ = true;
      outcome = written;
    }
  }
  writing_.clear();
  return outcome;
}

base::Result<void> FileWriter::write(const Piece& piece) {
  if (piece.opens) {
    auto next = files_.next(piece.first);
    if (!next) {
      count_lost(piece, 0);
      return next.error();
    }
    output_ = *next;
    flushed_ = output_->written();
  }
  auto written = output_->write_all(piece.bytes.view());
  if (written) {
    flushed_ += piece.bytes.size();
    return {};
  }
  // Part of it may have gone out: what ends with a whole packet stays.
  const std::uint64_t went_out = output_->written() - flushed_;
  count_lost(piece, went_out);
  const auto first_lost = std::ranges::upper_bound(piece.ends, went_out, {}, &End::at);
  const std::uint64_t whole = first_lost == piece.ends.begin() ? 0 : (first_lost - 1)->at;
  // A pipe's reader gets the rest of a packet; nothing can be done about it.
  [[maybe_unused]] const auto cut = output_->cut_to(flushed_ + whole);
  return written;
}

void FileWriter::count_lost(const Piece& piece, std::uint64_t went_out) {
  for (const End& end : piece.ends) lost_[end.source] += end.at > went_out;
}

}  // namespace holter::capture

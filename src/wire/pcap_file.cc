#include "wire/pcap_file.h"

#include "wire/limits.h"

namespace holter::wire {
namespace {

constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMagicModified = 0xa1b2cd34;  // Alexey Kuznetsov's: 8 more bytes before each frame
constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint32_t kLinktypeMask = 0x0fffffff;  // the rest says how long a frame check sequence is

std::uint32_t number_at(base::Bytes bytes, std::size_t at, bool big_endian) {
  base::ByteReader reader(bytes.subspan(at, 4));
  return big_endian ? reader.u32() : reader.u32_le();
}

bool known(std::uint32_t magic) {
  return magic == kMagicMicroseconds || magic == kMagicNanoseconds || magic == kMagicModified;
}

}  // namespace

void PcapReader::feed(base::Bytes chunk) {
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(position_));
  position_ = 0;
  held_.insert(held_.end(), chunk.begin(), chunk.end());
}

base::Result<bool> PcapReader::read_header() {
  if (held_.size() < 4) return false;
  std::uint32_t magic = number_at(held_, 0, false);
  if (!known(magic)) {
    swapped_ = true;
    magic = number_at(held_, 0, true);
  }
  if (!known(magic))
    return base::Error{base::ErrorKind::unsupported, "not a classic capture file: unknown first bytes"};
  if (held_.size() < kFileHeaderBytes) return false;
  unit_nanoseconds_ = magic == kMagicNanoseconds ? 1 : 1'000;
  frame_header_bytes_ = magic == kMagicModified ? 24 : 16;
  linktype_ = number_at(held_, 20, swapped_) & kLinktypeMask;
  position_ = kFileHeaderBytes;
  header_read_ = true;
  return true;
}

base::Result<std::optional<PcapFrame>> PcapReader::next() {
  if (!header_read_) {
    const auto header = read_header();
    if (!header) return header.error();
    if (!*header) return std::optional<PcapFrame>();
  }
  const base::Bytes rest = base::Bytes(held_).subspan(position_);
  if (rest.size() < frame_header_bytes_) return std::optional<PcapFrame>();
  const std::uint32_t captured_length = number_at(rest, 8, swapped_);
  if (captured_length > kMaxPcapFrameBytes) {
    return base::Error{base::ErrorKind::corrupt,
                       "capture file: a frame of " + std::to_string(captured_length) + " bytes; " +
                           std::to_string(kMaxPcapFrameBytes) + " is the most there can be"};
  }
  if (rest.size() - frame_header_bytes_ < captured_length) return std::optional<PcapFrame>();
  PcapFrame frame;
  const auto fraction = base::Duration::nanoseconds(number_at(rest, 4, swapped_) * unit_nanoseconds_);
  frame.captured_at = base::PacketTime() + base::Duration::seconds(number_at(rest, 0, swapped_)) + fraction;
  frame.bytes = rest.subspan(frame_header_bytes_, captured_length);
  frame.original_length = number_at(rest, 12, swapped_);
  position_ += frame_header_bytes_ + captured_length;
  return std::optional<PcapFrame>(frame);
}

void write_pcap_header(base::ByteWriter& out, std::uint32_t linktype, std::uint32_t snaplen) {
  out.u32_le(kMagicNanoseconds);
  out.u16_le(2);
  out.u16_le(4);
  out.u64_le(0);
  out.u32_le(snaplen);
  out.u32_le(linktype);
}

void write_pcap_frame(base::ByteWriter& out, const PcapFrame& frame) {
  const std::int64_t ns = frame.captured_at.in_nanoseconds();
  out.u32_le(static_cast<std::uint32_t>(ns / 1'000'000'000));
  out.u32_le(static_cast<std::uint32_t>(ns % 1'000'000'000));
  out.u32_le(static_cast<std::uint32_t>(frame.bytes.size()));
  out.u32_le(frame.original_length);
  out.bytes(frame.bytes);
}

}  // namespace holter::wire

#include "wire/file/pcap_file.h"

#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "wire/limits.h"

namespace holter::wire {
namespace {

constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMagicModified = 0xa1b2cd34;  // Alexey Kuznetsov's: 8 more bytes before each frame
constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint32_t kLinktypeMask = 0xffff;  // the rest says how long a frame check sequence is

std::uint32_t number_at(base::Bytes bytes, std::size_t at, bool big_endian, std::size_t size = 4) {
  base::ByteReader reader(bytes.subspan(at, size));
  if (size == 2) return big_endian ? reader.u16() : reader.u16_le();
  return big_endian ? reader.u32() : reader.u32_le();
}

bool known(std::uint32_t magic) {
  return magic == kMagicMicroseconds || magic == kMagicNanoseconds || magic == kMagicModified;
}

base::Result<std::optional<CapturedFrame>> nothing_yet() { return std::optional<CapturedFrame>(); }

}  // namespace

bool is_pcap(base::Bytes beginning) {
  return beginning.size() >= 4 && (known(number_at(beginning, 0, false)) || known(number_at(beginning, 0, true)));
}

base::Error PcapReader::corrupt(const ByteFeed& feed, const std::string& what) const {
  return {base::ErrorKind::corrupt, "at byte " + std::to_string(feed.offset()) + ", in the header of packet " +
                                        std::to_string(frames_ + 1) + ": " + what};
}

base::Result<bool> PcapReader::read_header(ByteFeed& feed) {
  const base::Bytes held = feed.held();
  if (held.size() < kFileHeaderBytes) return false;
  swapped_ = !known(number_at(held, 0, false));
  const std::uint32_t magic = number_at(held, 0, swapped_);
  const std::uint32_t major = number_at(held, 4, swapped_, 2);
  const std::uint32_t minor = number_at(held, 6, swapped_, 2);
  const bool dgux = major == 543 && minor == 0;  // DG/UX wrote the number of its own release
  if (!dgux && (major != 2 || minor > 4)) {
    return base::Error{base::ErrorKind::unsupported, "at byte 4, in the file header: version " + std::to_string(major) +
                                                         "." + std::to_string(minor) +
                                                         " of the format; holter reads 2.0 to 2.4"};
  }
  lengths_ = dgux || minor < 3 ? Lengths::exchanged : minor == 3 ? Lengths::either : Lengths::in_order;
  unit_nanoseconds_ = magic == kMagicNanoseconds ? 1 : 1'000;
  frame_header_bytes_ = magic == kMagicModified ? 24 : 16;
  linktype_ = number_at(held, 20, swapped_) & kLinktypeMask;
  feed.take(kFileHeaderBytes);
  header_read_ = true;
  return true;
}

base::Result<std::optional<CapturedFrame>> PcapReader::next(ByteFeed& feed) {
  if (!header_read_) {
    const auto header = read_header(feed);
    if (!header) return header.error();
    if (!*header) return nothing_yet();
  }
  const base::Bytes held = feed.held();
  if (held.size() < frame_header_bytes_) return nothing_yet();
  std::uint32_t captured = number_at(held, 8, swapped_);
  std::uint32_t original = number_at(held, 12, swapped_);
  if (lengths_ == Lengths::exchanged || (lengths_ == Lengths::either && captured > original)) {
    std::swap(captured, original);
  }
  if (captured > kMaxPcapFrameBytes) {
    return corrupt(feed, "it claims " + std::to_string(captured) + " captured bytes; " +
                             std::to_string(kMaxPcapFrameBytes) + " is the most there can be");
  }
  if (held.size() - frame_header_bytes_ < captured) return nothing_yet();
  CapturedFrame frame;
  const auto fraction = base::Duration::nanoseconds(number_at(held, 4, swapped_) * unit_nanoseconds_);
  frame.number = ++frames_;
  frame.captured_at = base::PacketTime() + base::Duration::seconds(number_at(held, 0, swapped_)) + fraction;
  frame.bytes = held.subspan(frame_header_bytes_, captured);
  frame.original_length = original;
  frame.linktype = linktype_;
  feed.take(frame_header_bytes_ + captured);
  return std::optional<CapturedFrame>(frame);
}

std::size_t PcapReader::next_usual(ByteFeed& feed, std::span<CapturedFrame> frames) {
  if (!header_read_ || lengths_ != Lengths::in_order) return 0;
  const base::Bytes held = feed.held();
  const std::uint8_t* const bytes = held.data();
  const auto number = [bytes, swapped = swapped_](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes + at, sizeof value);
    return swapped == (std::endian::native == std::endian::little) ? __builtin_bswap32(value) : value;
  };
  std::size_t n = 0;
  std::size_t at = 0;
  for (; n < frames.size() && held.size() - at >= frame_header_bytes_; ++n) {
    const std::uint32_t captured = number(at + 8);
    if (captured > kMaxPcapFrameBytes || held.size() - at - frame_header_bytes_ < captured) break;
    CapturedFrame& frame = frames[n];
    frame.number = ++frames_;
    frame.captured_at = base::PacketTime::from_nanoseconds(std::int64_t{number(at)} * 1'000'000'000 +
                                                           std::int64_t{number(at + 4)} * unit_nanoseconds_);
    frame.original_length = number(at + 12);
    frame.linktype = linktype_;
    frame.interface = 0;
    at += frame_header_bytes_;
    frame.bytes = {bytes + at, captured};
    at += captured;
    // The header of the next frame, and its layers, long before they are needed.
    __builtin_prefetch(bytes + at);
    __builtin_prefetch(bytes + at + 64);
  }
  feed.take(at);
  return n;
}

base::Result<void> PcapReader::finish(const ByteFeed& feed) const {
  if (header_read_ && feed.held().empty()) return {};
  const std::string where = header_read_ ? "packet " + std::to_string(frames_ + 1) : "its file header";
  return base::Error{base::ErrorKind::corrupt,
                     "the capture stops inside " + where + " at byte " + std::to_string(feed.fed())};
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

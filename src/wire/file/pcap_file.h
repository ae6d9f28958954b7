// Classic capture files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap): reading and writing over bytes alone,
// so that a file, a pipe or a test's array all do. Microsecond and nanosecond stamps, both byte orders, the modified
// header of old Linux kernels, and the versions before 2.4 whose two lengths are exchanged. Read them through
// CaptureFileReader, which tells the formats apart. At most one frame (kMaxPcapFrameBytes) is held. One thread.
#pragma once

#include "base/byte_writer.h"
#include "base/result.h"
#include "wire/file/byte_feed.h"
#include "wire/file/captured_frame.h"
#include "wire/numbers.h"

namespace holter::wire {

// The first four bytes are those of a classic capture file.
bool is_pcap(base::Bytes beginning);

class PcapReader {
 public:
  // The next frame, whose bytes are valid until the feed gets more; nothing when it must first. An error is for good.
  base::Result<std::optional<CapturedFrame>> next(ByteFeed& feed);
  // As many whole frames as are there and fit, without a look at what might be wrong: 0 says that next() must look.
  std::size_t next_usual(ByteFeed& feed, std::span<CapturedFrame> frames);
  // At the end of the file: corrupt when it stops inside something.
  base::Result<void> finish(const ByteFeed& feed) const;
  bool header_read() const { return header_read_; }
  std::uint64_t frames() const { return frames_; }

 private:
  enum class Lengths : std::uint8_t { in_order, exchanged, either };

  base::Result<bool> read_header(ByteFeed& feed);
  base::Error corrupt(const ByteFeed& feed, const std::string& what) const;

  bool header_read_ = false;
  bool swapped_ = false;  // big-endian numbers
  Lengths lengths_ = Lengths::in_order;
  std::int64_t unit_nanoseconds_ = 1'000;
  std::size_t frame_header_bytes_ = 16;
  std::uint32_t linktype_ = 0;
  std::uint64_t frames_ = 0;
};

// A frame to write.
struct PcapFrame {
  base::PacketTime captured_at;
  base::Bytes bytes;
  std::uint32_t original_length = 0;
};

// Little-endian, nanosecond stamps.
void write_pcap_header(base::ByteWriter& out, std::uint32_t linktype, std::uint32_t snaplen = 65'535);
void write_pcap_frame(base::ByteWriter& out, const PcapFrame& frame);

}  // namespace holter::wire

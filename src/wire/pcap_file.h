// Classic capture files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap): reading and writing over bytes alone,
// so that a file, a pipe or a test's array all do. Microsecond and nanosecond stamps, both byte orders, and the
// modified header of old Linux kernels. At most one frame (kMaxPcapFrameBytes) and one fed chunk are held. One thread.
#pragma once

#include <optional>
#include <vector>

#include "base/byte_writer.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/numbers.h"

namespace holter::wire {

struct PcapFrame {
  base::PacketTime captured_at;
  base::Bytes bytes;
  std::uint32_t original_length = 0;
};

class PcapReader {
 public:
  // More bytes of the file. Frames returned before are no longer valid.
  void feed(base::Bytes chunk);
  // The next frame, whose bytes are valid until the next feed(); nothing when more must be fed first. An error is for
  // good: corrupt, unsupported (not a classic capture file), too_large.
  base::Result<std::optional<PcapFrame>> next();
  // Known once next() returned without error and header_read() is true.
  bool header_read() const { return header_read_; }
  std::uint32_t linktype() const { return linktype_; }
  // Bytes fed that no frame was made of yet: more than 0 at the end of the file means that it was cut.
  std::size_t left_over() const { return held_.size() - position_; }

 private:
  base::Result<bool> read_header();

  std::vector<std::uint8_t> held_;
  std::size_t position_ = 0;
  bool header_read_ = false;
  bool swapped_ = false;  // big-endian numbers
  std::int64_t unit_nanoseconds_ = 1'000;
  std::size_t frame_header_bytes_ = 16;
  std::uint32_t linktype_ = 0;
};

// Little-endian, nanosecond stamps.
void write_pcap_header(base::ByteWriter& out, std::uint32_t linktype, std::uint32_t snaplen = 65'535);
void write_pcap_frame(base::ByteWriter& out, const PcapFrame& frame);

}  // namespace holter::wire

// pcapng capture files: reading over bytes alone (pcapng_writer.h writes). Several sections of either byte order,
// several interfaces with link types and clocks of their own, enhanced, simple and obsolete packet blocks, interface
// statistics; every other block is passed over, whatever its size, and so are comments. Read them through
// CaptureFileReader, which tells the formats apart. At most one block (kMaxPcapngBlockBytes) is held. One thread.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "base/untrusted_text.h"
#include "wire/file/byte_feed.h"
#include "wire/file/captured_frame.h"

namespace holter::wire {

// The first four bytes are those of a pcapng file.
bool is_pcapng(base::Bytes beginning);

// How an interface of the file counts time.
struct CaptureClock {
  std::uint64_t units_per_second = 1'000'000;
  std::int64_t offset_seconds = 0;

  // Exact, cut to whole nanoseconds.
  base::PacketTime time_of(std::uint64_t units) const;
};

// What the file says of an interface.
struct CaptureInterface {
  base::UntrustedText name;  // empty when not told
  std::uint32_t linktype = 0;
  std::uint32_t snaplen = 0;  // 0: no limit
  CaptureClock clock;
  std::optional<std::uint64_t> dropped;  // by the newest statistics block
};

class PcapngReader {
 public:
  // The next frame, whose bytes are valid until the feed gets more; nothing when it must first. An error is for good.
  base::Result<std::optional<CapturedFrame>> next(ByteFeed& feed);
  // At the end of the file: corrupt when it stops inside something.
  base::Result<void> finish(const ByteFeed& feed) const;
  bool header_read() const { return sections_ != 0; }
  std::uint64_t frames() const { return frames_; }
  // Of the section of the frame that next() gave last.
  std::span<const CaptureInterface> interfaces() const { return interfaces_; }
  // What whoever captured says was dropped, over all interfaces and sections.
  std::optional<std::uint64_t> dropped() const;

 private:
  struct Block {
    std::uint32_t type = 0;
    std::uint64_t length = 0;  // in all
    std::uint64_t offset = 0;  // in the file
  };
  using Frame = std::optional<CapturedFrame>;
  class Body;

  base::Result<bool> read_block_header(ByteFeed& feed);
  base::Result<bool> read_byte_order(ByteFeed& feed);
  base::Result<bool> end_skipped_block(ByteFeed& feed);
  base::Result<Frame> read_body(base::Bytes body);
  base::Result<void> begin_section(Body body);
  base::Result<void> add_interface(Body body);
  base::Result<void> take_time_option(CaptureInterface& interface, std::uint16_t code, Body value) const;
  base::Result<void> take_statistics(Body body);
  base::Result<Frame> enhanced_packet(Body body);
  base::Result<Frame> simple_packet(Body body);
  base::Result<Frame> stamped_packet(std::uint32_t interface, Body body);
  base::Result<Frame> frame_of(std::uint32_t interface, std::uint32_t captured, std::uint32_t original, Body& data);
  template <class Visit>
  base::Result<void> for_each_option(Body options, Visit visit) const;
  base::Error corrupt(const std::string& what) const;

  bool big_endian_ = false;
  bool in_block_ = false;  // `block_` is being read
  Block block_;
  std::uint64_t blocks_ = 0;  // begun
  std::uint64_t sections_ = 0;
  std::uint64_t frames_ = 0;
  std::vector<CaptureInterface> interfaces_;
  std::optional<std::uint64_t> dropped_before_;  // in the sections before
};

}  // namespace holter::wire

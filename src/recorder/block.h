// Block is a copy of one block of a ring, made while the ring is written: whole, or known not to be. Its frames are
// walked in the copy, so whatever the memory held, nothing is read outside of it and nothing changes on the way. One
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "recorder/ring.h"

namespace holter::recorder {

struct StoredFrame {
  base::PacketTime captured_at;
  base::Bytes bytes;  // with its VLAN tag
  std::uint32_t original_length = 0;
  Direction direction = Direction::host;
};

enum class CopyEnd : std::uint8_t {
  whole,
  absent,       // never written, or not valid
  overwritten,  // it made room for a newer one, perhaps while it was copied
};

class Block {
 public:
  Block() : words_(kDataWords) {}

  CopyEnd copy(const Ring& ring, Share share, std::uint64_t sequence);

  std::uint64_t sequence() const { return sequence_; }
  std::size_t used() const { return used_; }
  std::uint32_t linktype() const { return linktype_; }
  std::string interface() const;

  // Begins at a frame; 0 is the first.
  void rewind(std::size_t at) { at_ = at; }
  std::size_t position() const { return at_; }
  // The next frame, its bytes valid until the next copy; empty at the end, or where the bytes make no frame.
  std::optional<StoredFrame> next();
  bool at_end() const { return at_ >= used_; }

 private:
  std::vector<std::uint64_t> words_;
  std::uint64_t sequence_ = 0;
  std::size_t used_ = 0;  // bytes
  std::size_t at_ = 0;
  std::size_t most_bytes_ = 0;  // of a frame
  std::uint32_t linktype_ = 0;
  std::array<std::uint64_t, kNameWords> name_{};
};

// The second word of a frame.
struct FrameShape {
  std::uint32_t original_length = 0;
  std::uint16_t captured = 0;
  Direction direction = Direction::host;

  std::uint64_t packed() const {
    return original_length | std::uint64_t{captured} << 32 | std::uint64_t{static_cast<std::uint8_t>(direction)} << 48;
  }
  static FrameShape of(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word), static_cast<std::uint16_t>(word >> 32),
            static_cast<Direction>(word >> 48 & 0xff)};
  }
};

}  // namespace holter::recorder

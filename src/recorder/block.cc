#include "recorder/block.h"

#include <cstring>

namespace holter::recorder {

CopyEnd Block::copy(const Ring& ring, Share share, std::uint64_t sequence) {
  const Words block = ring.block(share, sequence);
  const std::uint64_t state = block.acquire(kStateAt);
  if (sequence_in(state) != sequence) {
    return sequence_in(state) > sequence ? CopyEnd::overwritten : CopyEnd::absent;
  }
  sequence_ = sequence;
  used_ = used_in(state);
  if (used_ > kDataBytes || used_ % 8 != 0) return CopyEnd::absent;
  at_ = 0;
  most_bytes_ = ring.layout().snaplen + kTagBytes;
  linktype_ = static_cast<std::uint32_t>(block.load(kLinktypeAt));
  for (std::size_t i = 0; i < kNameWords; ++i) name_[i] = block.load(kNameAt + i);
  for (std::size_t i = 0; i < used_ / 8; ++i) words_[i] = block.load(kDataAt + i);
  // What was read above was read before the state is looked at again.
  std::atomic_thread_fence(std::memory_order_acquire);
  return sequence_in(block.load(kStateAt)) == sequence ? CopyEnd::whole : CopyEnd::overwritten;
}

std::string Block::interface() const {
  std::array<char, kNameWords * 8> text{};
  std::memcpy(text.data(), name_.data(), text.size());
  return {text.data(), ::strnlen(text.data(), text.size())};
}

std::optional<StoredFrame> Block::next() {
  if (used_ - at_ < kFrameWords * 8) return std::nullopt;
  const std::uint64_t* const header = &words_[at_ / 8];
  const FrameShape shape = FrameShape::of(header[1]);
  const std::size_t whole = (kFrameWords + words_of(shape.captured)) * 8;
  if (shape.captured > most_bytes_ || whole > used_ - at_) return std::nullopt;
  at_ += whole;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(header + kFrameWords);
  return StoredFrame{base::PacketTime::from_nanoseconds(static_cast<std::int64_t>(header[0])),
                     {bytes, shape.captured},
                     shape.original_length,
                     shape.direction};
}

}  // namespace holter::recorder

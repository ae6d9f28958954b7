// How a recorder file is laid out (docs/formats/recorder.md): a header of one page, then blocks of 64 KiB, those of one
// share after those of another. A block says by its state word which of its share's blocks it is, counted from 1, and
// how many bytes of frames are whole in it; 0 says that nothing is. Little-endian words of eight bytes. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "recorder/limits.h"

namespace holter::recorder {

// A ring each in one file, so that much of one kind does not push out another.
enum class Share : std::uint8_t { usual, monitored, control };
inline constexpr std::size_t kShareCount = 3;
inline constexpr std::array kShares = {Share::usual, Share::monitored, Share::control};

constexpr std::size_t index_of(Share share) { return static_cast<std::size_t>(share); }
constexpr const char* to_string(Share share) {
  constexpr std::array<const char*, kShareCount> kNames = {"usual", "monitored", "control"};
  return kNames[index_of(share)];
}

// Which way a frame went, as its byte in the file.
enum class Direction : std::uint8_t { host, broadcast, multicast, other_host, outgoing };

inline constexpr std::uint64_t kMagic = 0x0a72'6574'6c6f'6801;  // "\1holter\n"
inline constexpr std::uint64_t kVersion = 1;
inline constexpr std::size_t kHeaderWords = 512;

// Words of the header.
inline constexpr std::size_t kMagicAt = 0;
inline constexpr std::size_t kVersionAt = 1;
inline constexpr std::size_t kSnaplenAt = 2;
inline constexpr std::size_t kBlocksAt = 3;  // of each share
inline constexpr std::size_t kSharesAt = 8;  // kShareWords each
inline constexpr std::size_t kShareWords = 8;
// Words of a share in the header.
inline constexpr std::size_t kNewestAt = 0;  // the number of its newest block
inline constexpr std::size_t kFramesAt = 1;  // that this run recorded
inline constexpr std::size_t kBytesAt = 2;
inline constexpr std::size_t kSinceAt = 4;        // packet time since when every frame is recorded; 0: none is now
inline constexpr std::size_t kOverwrittenAt = 3;  // frames that gave way before their time was over

// Words of a block.
inline constexpr std::size_t kBlockWords = 8'192;
inline constexpr std::size_t kStateAt = 0;
inline constexpr std::size_t kOldestAt = 1;  // packet time
inline constexpr std::size_t kLatestAt = 2;
inline constexpr std::size_t kCountAt = 3;  // frames
inline constexpr std::size_t kLinktypeAt = 4;
inline constexpr std::size_t kNameAt = 5;  // of the interface
inline constexpr std::size_t kNameWords = 2;
inline constexpr std::size_t kHostsAt = 8;
inline constexpr std::size_t kHostsWords = 128;
inline constexpr std::size_t kDataAt = kHostsAt + kHostsWords;
inline constexpr std::size_t kDataWords = kBlockWords - kDataAt;
inline constexpr std::size_t kDataBytes = kDataWords * 8;

// A frame: its time, its lengths and direction, then its bytes, filled up to whole words.
inline constexpr std::size_t kFrameWords = 2;
inline constexpr std::size_t kTagBytes = 4;  // a VLAN tag that is put back comes on top of the snaplen

constexpr std::size_t words_of(std::size_t bytes) { return (bytes + 7) / 8; }

// A state word.
inline constexpr unsigned kUsedBits = 20;
inline constexpr std::uint64_t kMostSequence = (std::uint64_t{1} << 43) - 1;  // in a file that is adopted
constexpr std::uint64_t state_of(std::uint64_t sequence, std::size_t used) { return sequence << kUsedBits | used; }
constexpr std::uint64_t sequence_in(std::uint64_t state) { return state >> kUsedBits; }
constexpr std::size_t used_in(std::uint64_t state) { return state & ((std::uint64_t{1} << kUsedBits) - 1); }

struct Options {
  std::uint64_t bytes = kDefaultBytes;
  std::uint64_t reserve = kDefaultReserve;  // of them, for the shares beside the usual one
  base::Duration horizon = kDefaultHorizon;
  std::uint32_t snaplen = kDefaultSnaplen;

  friend bool operator==(const Options&, const Options&) = default;
};

struct Layout {
  std::array<std::uint32_t, kShareCount> blocks{};  // at least 2 each
  std::uint32_t snaplen = 0;

  std::size_t words() const { return kHeaderWords + kBlockWords * (std::size_t{blocks[0]} + blocks[1] + blocks[2]); }
  std::size_t bytes() const { return words() * 8; }

  friend bool operator==(const Layout&, const Layout&) = default;
};

// Of one of several rings that keep to the options together: a part of the room, but at least kLeastBytes.
Options part_of(const Options& options, std::size_t rings);

// The largest that takes no more than is allowed. An error names the option: "snaplen: 64 to 16384 bytes".
base::Result<Layout> layout_of(const Options& options);

}  // namespace holter::recorder

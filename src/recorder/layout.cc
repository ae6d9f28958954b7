#include "recorder/layout.h"

#include <algorithm>

namespace holter::recorder {
namespace {

constexpr std::uint64_t kHeaderBytes = kHeaderWords * 8;
constexpr std::uint64_t kBlockBytes = kBlockWords * 8;
constexpr std::uint32_t kLeastBlocks = 2;  // one is written while the other is whole

base::Error invalid(const char* what) { return {base::ErrorKind::invalid, what}; }

}  // namespace

Options part_of(const Options& options, std::size_t rings) {
  if (rings <= 1) return options;
  constexpr std::uint64_t kLeastShare = kLeastBlocks * kBlockBytes;
  Options part = options;
  part.bytes = std::max(options.bytes / rings, kLeastBytes);
  part.reserve = std::clamp(options.reserve / rings, 2 * kLeastShare, part.bytes - kLeastShare - kHeaderBytes);
  return part;
}

base::Result<Layout> layout_of(const Options& options) {
  if (options.bytes < kLeastBytes || options.bytes > kMostBytes) return invalid("bytes: 1MiB to 16GiB");
  if (options.snaplen < kLeastSnaplen || options.snaplen > kMostSnaplen) {
    return invalid("snaplen: 64 to 16384 bytes");
  }
  if (options.horizon < base::Duration::seconds(1) || options.horizon > kLongestHorizon) {
    return invalid("seconds: 1s to 1h");
  }
  const std::uint64_t all = (options.bytes - kHeaderBytes) / kBlockBytes;
  const std::uint64_t half = options.reserve / 2 / kBlockBytes;
  if (half < kLeastBlocks || all < 2 * half + kLeastBlocks) {
    return invalid("reserve: at least 256KiB, and at most 256KiB less than bytes");
  }
  Layout layout;
  layout.blocks = {static_cast<std::uint32_t>(all - 2 * half), static_cast<std::uint32_t>(half),
                   static_cast<std::uint32_t>(half)};
  layout.snaplen = options.snaplen;
  return layout;
}

}  // namespace holter::recorder

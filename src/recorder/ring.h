// Ring is a recorder file in memory, seen by whoever writes and whoever reads it: its layout, what this run added to
// what an earlier one left behind, and how far back each share goes.
//
// make() begins an empty one. adopt() takes what a process left that was killed: whatever the memory holds, only blocks
// whose every frame was looked at stay, and the rest is counted. What was adopted counts as recorded until the horizon
// is over once more, so that a restart does not cost the frames that led to it. Packet time is the kernel's wall clock:
// when that is set, frames are as old as their stamps say. A value; the memory outlives it. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/time.h"
#include "recorder/layout.h"
#include "recorder/words.h"

namespace holter::recorder {

// What was there before.
struct Adopted {
  std::uint64_t frames = 0;
  std::uint64_t damaged_blocks = 0;  // which are forgotten
  base::PacketTime oldest;
  base::PacketTime latest;
};

struct ShareFigures {
  base::Duration covers;  // every frame of so long a time is there; zero while nothing is captured
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;  // captured
  std::uint64_t overwritten = 0;
};

class Ring {
 public:
  // `memory` has layout.words(), all zero for make().
  static Ring make(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon, base::PacketTime now);
  // An error says why nothing can be adopted: another version, or made with other options.
  static base::Result<Ring> adopt(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon,
                                  base::PacketTime now, Adopted& adopted);

  const Layout& layout() const { return layout_; }
  base::Duration horizon() const { return horizon_; }
  Words of_share(Share share) const { return words_.part(kSharesAt + index_of(share) * kShareWords, kShareWords); }
  std::uint64_t newest(Share share) const { return of_share(share).acquire(kNewestAt); }
  std::uint32_t blocks(Share share) const { return layout_.blocks[index_of(share)]; }
  // Where the block of this number is, was or will be.
  Words block(Share share, std::uint64_t sequence) const;

  // Frames of this block that are older are forgotten.
  base::PacketTime visible_since(Share share, std::uint64_t sequence, base::PacketTime now) const;
  ShareFigures figures(Share share, base::PacketTime now) const;

 private:
  Ring(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon, base::PacketTime now);
  void write_header() const;
  std::uint64_t adopt_share(Share share, Adopted& adopted);
  bool adopt_block(Share share, std::uint64_t sequence, Adopted& adopted) const;
  base::PacketTime complete_since(Share share) const;

  Words words_;
  Layout layout_;
  base::Duration horizon_;
  base::PacketTime opened_;
  std::array<std::uint64_t, kShareCount> adopted_{};  // the last block of the run before
  base::PacketTime adopted_latest_;
};

// Of several that are written side by side: what all of them cover, and the sums. At least one.
ShareFigures figures_of(std::span<const Ring> rings, Share share, base::PacketTime now);

}  // namespace holter::recorder

#include "recorder/ring.h"

#include <algorithm>

#include "recorder/block.h"

namespace holter::recorder {
namespace {

base::PacketTime time_in(std::uint64_t word) {
  return base::PacketTime::from_nanoseconds(static_cast<std::int64_t>(word));
}

std::uint64_t word_of(base::PacketTime time) { return static_cast<std::uint64_t>(time.in_nanoseconds()); }

base::Error not_adoptable(const char* what) { return {base::ErrorKind::unsupported, what}; }

}  // namespace

Ring::Ring(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon, base::PacketTime now)
    : words_(memory), layout_(layout), horizon_(horizon), opened_(now) {}

Ring Ring::make(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon, base::PacketTime now) {
  Ring ring(memory, layout, horizon, now);
  ring.write_header();
  return ring;
}

void Ring::write_header() const {
  words_.store(kVersionAt, kVersion);
  words_.store(kSnaplenAt, layout_.snaplen);
  for (const Share share : kShares) words_.store(kBlocksAt + index_of(share), blocks(share));
  words_.release(kMagicAt, kMagic);
}

base::Result<Ring> Ring::adopt(std::span<std::uint64_t> memory, const Layout& layout, base::Duration horizon,
                               base::PacketTime now, Adopted& adopted) {
  Ring ring(memory, layout, horizon, now);
  if (memory.size() != layout.words()) return not_adoptable("it has another size");
  if (ring.words_.load(kMagicAt) != kMagic) return not_adoptable("it is no recorder ring");
  if (ring.words_.load(kVersionAt) != kVersion) return not_adoptable("it is of another version");
  bool same = ring.words_.load(kSnaplenAt) == layout.snaplen;
  for (const Share share : kShares) same = same && ring.words_.load(kBlocksAt + index_of(share)) == ring.blocks(share);
  if (!same) return not_adoptable("it was made with other settings");
  adopted = {0, 0, base::PacketTime::max(), base::PacketTime()};
  for (const Share share : kShares) {
    ring.adopted_[index_of(share)] = ring.adopt_share(share, adopted);
    const Words words = ring.of_share(share);
    for (std::size_t i = 0; i < kShareWords; ++i) words.store(i, 0);
    words.store(kNewestAt, ring.adopted_[index_of(share)]);
  }
  if (adopted.frames == 0) adopted.oldest = adopted.latest;
  ring.adopted_latest_ = adopted.latest;
  return ring;
}

// The number of its newest block. Every block that is not where its number says, is older than a lap, or has bytes that
// make no frames is forgotten: first while the newest is found, then of all.
std::uint64_t Ring::adopt_share(Share share, Adopted& adopted) {
  std::uint64_t newest = 0;
  Adopted first_look;
  for (Adopted* into : {&first_look, &adopted}) {
    for (std::uint64_t at = 0; at < blocks(share); ++at) {
      const Words words = block(share, at);
      const std::uint64_t sequence = sequence_in(words.load(kStateAt));
      if (sequence == 0) continue;
      const bool due = sequence % blocks(share) == at && sequence <= kMostSequence && sequence + blocks(share) > newest;
      if (due && adopt_block(share, sequence, *into)) {
        newest = std::max(newest, sequence);
      } else {
        ++adopted.damaged_blocks;
        words.store(kStateAt, 0);
      }
    }
  }
  return newest;
}

// What the block says of its frames is made to be true.
bool Ring::adopt_block(Share share, std::uint64_t sequence, Adopted& adopted) const {
  Block copy;
  if (copy.copy(*this, share, sequence) != CopyEnd::whole) return false;
  base::PacketTime oldest = base::PacketTime::max();
  base::PacketTime latest;
  std::uint64_t frames = 0;
  for (auto frame = copy.next(); frame; frame = copy.next(), ++frames) {
    oldest = std::min(oldest, frame->captured_at);
    latest = std::max(latest, frame->captured_at);
  }
  if (!copy.at_end()) return false;
  const Words words = block(share, sequence);
  words.store(kOldestAt, word_of(oldest));
  words.store(kLatestAt, word_of(latest));
  words.store(kCountAt, frames);
  adopted.frames += frames;
  adopted.oldest = std::min(adopted.oldest, oldest);
  adopted.latest = std::max(adopted.latest, latest);
  return true;
}

Words Ring::block(Share share, std::uint64_t sequence) const {
  std::size_t number = sequence % blocks(share);
  for (std::size_t i = 0; i < index_of(share); ++i) number += layout_.blocks[i];
  return words_.part(kHeaderWords + number * kBlockWords, kBlockWords);
}

base::PacketTime Ring::visible_since(Share share, std::uint64_t sequence, base::PacketTime now) const {
  if (sequence > adopted_[index_of(share)]) return now - horizon_;
  // Forgotten when the horizon has passed since the adoption.
  return now > opened_ + horizon_ ? base::PacketTime::max() : adopted_latest_ - horizon_;
}

// Nothing that this run recorded since then was overwritten.
base::PacketTime Ring::complete_since(Share share) const {
  const base::PacketTime recorded = time_in(of_share(share).load(kSinceAt));
  for (;;) {
    const std::uint64_t newest = this->newest(share);
    if (newest < adopted_[index_of(share)] + blocks(share) + 1) return recorded;
    const std::uint64_t oldest = newest - blocks(share) + 1;
    const Words words = block(share, oldest);
    const std::uint64_t state = words.acquire(kStateAt);
    const base::PacketTime since = time_in(words.load(kOldestAt));
    std::atomic_thread_fence(std::memory_order_acquire);
    const bool still_there = sequence_in(state) == oldest && sequence_in(words.acquire(kStateAt)) == oldest;
    if (still_there) return std::max(recorded, since);
    if (this->newest(share) == newest) return base::PacketTime::max();  // somebody else has changed the memory
  }
}

ShareFigures Ring::figures(Share share, base::PacketTime now) const {
  const Words words = of_share(share);
  ShareFigures figures;
  if (words.load(kSinceAt) != 0) {
    figures.covers = std::clamp(now - complete_since(share), base::Duration::zero(), horizon_);
  }
  figures.frames = words.load(kFramesAt);
  figures.bytes = words.load(kBytesAt);
  figures.overwritten = words.load(kOverwrittenAt);
  return figures;
}

ShareFigures figures_of(std::span<const Ring> rings, Share share, base::PacketTime now) {
  ShareFigures all = rings.front().figures(share, now);
  for (const Ring& ring : rings.subspan(1)) {
    const ShareFigures figures = ring.figures(share, now);
    all.covers = std::min(all.covers, figures.covers);
    all.frames += figures.frames;
    all.bytes += figures.bytes;
    all.overwritten += figures.overwritten;
  }
  return all;
}

}  // namespace holter::recorder

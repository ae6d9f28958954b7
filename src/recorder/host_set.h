// HostSet is the index of a block: a Bloom filter of the addresses in its frames, kept in the block itself. It may say
// that a host is there who is not (about one block in forty of a full one), never the other way round, so a freeze
// copies only blocks that may matter. Whoever chooses addresses so that they collide makes freezes slower, nothing
// more. One writer, any number of readers.
#pragma once

#include "base/ip.h"
#include "recorder/layout.h"
#include "recorder/words.h"

namespace holter::recorder {

class HostSet {
 public:
  explicit HostSet(Words block) : words_(block.part(kHostsAt, kHostsWords)) {}

  void clear() const {
    for (std::size_t i = 0; i < kHostsWords; ++i) words_.store(i, 0);
  }
  void add(std::uint64_t hash) const {
    for (unsigned i = 0; i < kProbes; ++i, hash >>= kProbeBits) {
      words_.store(word_of(hash), words_.load(word_of(hash)) | bit_of(hash));
    }
  }
  bool may_hold(std::uint64_t hash) const {
    for (unsigned i = 0; i < kProbes; ++i, hash >>= kProbeBits) {
      if ((words_.load(word_of(hash)) & bit_of(hash)) == 0) return false;
    }
    return true;
  }

 private:
  static constexpr unsigned kProbes = 3;
  static constexpr unsigned kProbeBits = 13;
  static_assert(kHostsWords * 64 == 1U << kProbeBits);

  static std::size_t word_of(std::uint64_t hash) { return hash / 64 % kHostsWords; }
  static std::uint64_t bit_of(std::uint64_t hash) { return std::uint64_t{1} << hash % 64; }

  Words words_;
};

}  // namespace holter::recorder

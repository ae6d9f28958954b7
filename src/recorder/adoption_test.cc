#include <gtest/gtest.h>

#include "base/seed_test.h"
#include "recorder/test_ring.h"

namespace holter::recorder {
namespace {

using test::at;
using test::freeze_all;
using test::Memory;
using test::numbered;
using test::record;
using wire::test::FrameBytes;

class Adoption : public ::testing::Test {
 protected:
  // What a process leaves that is killed.
  void leave(int frames) {
    const Ring ring = memory.make();
    Writer writer(ring);
    writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
    for (int i = 0; i < frames; ++i) record(writer, numbered(static_cast<std::uint32_t>(i)), i / 1e3);
  }
  Words block(std::uint64_t sequence) {
    return memory.make().block(Share::usual, sequence);  // only the header is written again
  }

  // How many blocks are damaged in such a file; it stays as it is.
  static std::uint64_t damaged_in(Memory copy) {
    Adopted adopted;
    EXPECT_TRUE(copy.adopt(1, adopted));
    return adopted.damaged_blocks;
  }

  Memory memory;
  Adopted adopted;
};

TEST_F(Adoption, WhatWasThereCanBeFrozen) {
  leave(1'000);
  const auto ring = memory.adopt(31, adopted);
  ASSERT_TRUE(ring);
  EXPECT_EQ(adopted.frames, 1'000u);
  EXPECT_EQ(adopted.damaged_blocks, 0u);
  EXPECT_EQ(adopted.latest, at(0.999));
  EXPECT_EQ(freeze_all(*ring, 31).frames.size(), 1'000u);
  EXPECT_EQ(ring->figures(Share::usual, at(41)).covers, base::Duration::zero());
  Writer writer(*ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, at(31));
  EXPECT_EQ(ring->figures(Share::usual, at(41)).covers, base::Duration::seconds(10)) << "since it goes on";
}

TEST_F(Adoption, WhatComesIsAddedAndPushesOutTheOldestFirst) {
  leave(20'000);
  const auto ring = memory.adopt(31, adopted);
  ASSERT_TRUE(ring);
  Writer writer(*ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
  for (int i = 0; i < 300; ++i) record(writer, numbered(20'000 + i), 31 + i / 1e3);
  const auto frozen = freeze_all(*ring, 32);
  ASSERT_GT(frozen.frames.size(), 6'000u);
  for (std::size_t i = 0; i < frozen.frames.size(); ++i) {
    ASSERT_EQ(frozen.frames[i], numbered(static_cast<std::uint32_t>(20'300 - frozen.frames.size() + i)));
  }
}

TEST_F(Adoption, ALongOutageCostsNothingUntilTheHorizonHasPassedAgain) {
  leave(1'000);
  const auto ring = memory.adopt(10'000, adopted);
  ASSERT_TRUE(ring);
  EXPECT_EQ(freeze_all(*ring, 10'060).frames.size(), 1'000u);
  EXPECT_EQ(freeze_all(*ring, 10'061).frames.size(), 0u);
}

TEST_F(Adoption, AFrameThatWasBeingWrittenIsNotThere) {
  leave(10);
  const Words words = block(1);
  const std::size_t used = used_in(words.load(kStateAt));
  words.store(kDataAt + used / 8, 12'345);
  words.store(kDataAt + used / 8 + 1, ~0ULL);
  const auto ring = memory.adopt(1, adopted);
  ASSERT_TRUE(ring);
  EXPECT_EQ(freeze_all(*ring, 1).frames.size(), 10u);
}

TEST_F(Adoption, ADamagedBlockIsForgottenAndCounted) {
  leave(2'000);
  block(1).store(kDataAt + 1, ~0ULL);
  const auto ring = memory.adopt(3, adopted);
  ASSERT_TRUE(ring);
  EXPECT_EQ(adopted.damaged_blocks, 1u);
  const auto frozen = freeze_all(*ring, 3);
  EXPECT_EQ(frozen.frames.size(), adopted.frames);
  EXPECT_LT(adopted.frames, 2'000u);
  EXPECT_EQ(frozen.frames.back(), numbered(1'999));
}

TEST_F(Adoption, AFrameThatClaimsTooMuchCondemnsItsBlock) {
  leave(10);
  const Words words = block(1);
  const std::size_t used = used_in(words.load(kStateAt));
  const std::size_t last = kDataAt + used / 8 - (kFrameWords + words_of(numbered(9).size()));
  const std::uint64_t shape = words.load(last + 1);
  const auto most = static_cast<std::uint16_t>(kDefaultSnaplen + kTagBytes);
  for (const auto captured : {static_cast<std::uint16_t>(numbered(9).size() + 8), most}) {  // beyond what is used
    words.store(last + 1, (shape & ~(0xffffULL << 32)) | std::uint64_t{captured} << 32);
    EXPECT_EQ(damaged_in(memory), 1u) << captured;
  }
  // Within it, longer than any frame is kept, and as long as three of the others with their heads.
  words.store(kDataAt + 1, (shape & ~(0xffffULL << 32)) | std::uint64_t{170} << 32);
  words.store(last + 1, shape);
  EXPECT_EQ(damaged_in(memory), 1u);
  words.store(kStateAt, state_of(1, used + 4));
  EXPECT_EQ(damaged_in(memory), 1u) << "not whole words";
}

TEST_F(Adoption, ABlockThatIsNotInItsPlaceIsForgotten) {
  leave(3'000);
  const std::uint32_t blocks = memory.layout.blocks[0];
  const std::size_t used = used_in(block(1).load(kStateAt));
  EXPECT_EQ(damaged_in(memory), 0u);
  for (const std::uint64_t sequence : {std::uint64_t{2}, kMostSequence / blocks * blocks + blocks + 1}) {
    block(1).store(kStateAt, state_of(sequence, used));
    EXPECT_EQ(damaged_in(memory), 1u) << sequence;
  }
  block(1).store(kStateAt, state_of(1 + 2 * blocks, used));  // two laps ahead: all others are older than one
  EXPECT_EQ(damaged_in(memory), 2u);
}

TEST_F(Adoption, WhatWasTooOldWhenItWasLeftStaysForgotten) {
  {
    const Ring ring = memory.make();
    Writer writer(ring);
    writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
    for (const double when : {0.0, 100.0, 159.0}) record(writer, numbered(static_cast<std::uint32_t>(when)), when);
  }
  const auto ring = memory.adopt(170, adopted);
  ASSERT_TRUE(ring);
  EXPECT_EQ(freeze_all(*ring, 171).frames, (std::vector<FrameBytes>{numbered(100), numbered(159)}));
}

TEST_F(Adoption, AnotherLayoutVersionOrFileIsNotAdopted) {
  leave(10);
  for (const std::size_t word : {kMagicAt, kVersionAt, kSnaplenAt, kBlocksAt, kBlocksAt + 2}) {
    Memory other = memory;
    other.words[word] ^= 1;
    EXPECT_FALSE(other.adopt(1, adopted)) << word;
  }
  Memory shorter = memory;
  shorter.words.pop_back();
  EXPECT_FALSE(shorter.adopt(1, adopted));
}

// Whatever is in the file: it is adopted in bounds, what is frozen can be read, and recording goes on.
TEST_F(Adoption, AnyChangeOfTheBytesIsSurvived) {
  auto random = base::seeded_random();
  leave(8'000);
  for (int round = 0; round < 60; ++round) {
    Memory changed = memory;
    for (int i = 0; i < 200; ++i) {
      const std::size_t header = kHeaderWords + base::below(random, 15) * kBlockWords + base::below(random, 8);
      const std::size_t any = kBlocksAt + kShareCount + base::below(random, changed.words.size() - 6);
      std::uint64_t& word = changed.words[round % 2 == 0 ? header : any];
      word = base::below(random, 2) == 0 ? random() : word ^ std::uint64_t{1} << base::below(random, 64);
    }
    const auto ring = changed.adopt(9, adopted);
    ASSERT_TRUE(ring);
    Writer writer(*ring);
    writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
    for (int i = 0; i < 100; ++i) record(writer, numbered(static_cast<std::uint32_t>(i)), 10);
    const auto frozen = freeze_all(*ring, 11);
    ASSERT_GE(frozen.frames.size(), 100u);
    for (const Share share : kShares) ASSERT_GE(ring->figures(share, at(11)).covers, base::Duration::zero());
  }
}

}  // namespace
}  // namespace holter::recorder

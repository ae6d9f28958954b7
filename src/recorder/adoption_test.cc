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

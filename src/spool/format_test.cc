// The worked examples of docs/formats/spool.md, and what is saved of a damaged chunk.
#include <gtest/gtest.h>

#include "spool/chunk.h"
#include "spool/index.h"
#include "spool/state.h"

namespace holter::spool {
namespace {

base::AgentId agent() {
  base::AgentId id;
  for (std::uint8_t i = 0; i < 16; ++i) id.bytes[i] = i;
  return id;
}

codec::BatchHeader header(std::uint64_t first, std::uint64_t last) {
  return {agent(), 1, record::Lane::results, 0, static_cast<std::uint32_t>(last - first + 1), first, last};
}

std::vector<std::uint8_t> batch(std::uint64_t first, std::uint64_t last) {
  std::vector<record::NamedRecord> records;
  for (std::uint64_t n = first; n <= last; ++n) {
    records.push_back({{agent(), 1, record::Lane::results, n}, record::ProbeResult{}});
  }
  return codec::encode_batch(records);
}

constexpr ChunkId kChunk{record::Lane::results, 1, 7};

TEST(SpoolFormat, AFrameIsAsTheDocumentShows) {
  base::ByteWriter out;
  put_frame(header(5, 7), std::vector<std::uint8_t>(108), out);
  const std::vector<std::uint8_t> expected{0x68, 0x73, 0x70, 0x6c, 1, 1, 0, 0, 1,    0,    0,    0,
                                           0x6c, 0,    0,    0,    5, 0, 0, 0, 0,    0,    0,    0,
                                           7,    0,    0,    0,    0, 0, 0, 0, 0x5a, 0xc5, 0x0a, 0x49};
  EXPECT_TRUE(std::ranges::equal(out.view().first(kFrameHeaderBytes), expected));
  EXPECT_EQ(out.size(), kFrameHeaderBytes + 108);
}

TEST(SpoolFormat, StateIsAsTheDocumentShows) {
  State state{agent(), 1, {}};
  state.settled_of(1, record::Lane::results).insert(1, 9);
  state.settled_of(1, record::Lane::results).insert(12);
  const std::string expected(
      "hsps\x01\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x01\x00\x00\x00"
      "\x01\x01\x00\x00\x00\x01\x02\x01\x08\x0c\x00\x53\xa6\x40\xfe",
      40);
  EXPECT_EQ(encode_state(state), expected);
  ASSERT_TRUE(decode_state(expected));
  EXPECT_EQ(*decode_state(expected), state);
}

TEST(SpoolFormat, ADamagedStateIsAnError) {
  State state{agent(), 1, {}};
  state.settled_of(1, record::Lane::flows).insert(1, 900);
  const std::string good = encode_state(state);
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(decode_state(good.substr(0, size)));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string damaged = good;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_state(damaged));
  }
}

TEST(SpoolFormat, ChunkNamesGoBothWays) {
  EXPECT_EQ(file_name(kChunk), "1-00000001-0000000000000007.chunk");
  EXPECT_EQ(parse_file_name("1-00000001-0000000000000007.chunk"), kChunk);
  for (const char* other : {"", "state", "7-00000001-0000000000000007.chunk", "1-0000000G-0000000000000007.chunk",
                            "1-00000001-0000000000000007.chunK", "1_00000001-0000000000000007.chunk"}) {
    EXPECT_FALSE(parse_file_name(other)) << other;
  }
}

TEST(SpoolFormat, RecoveryKeepsEveryWholeBatchOfADamagedChunk) {
  base::ByteWriter chunk;
  for (const std::uint64_t first : {1UL, 4UL, 7UL}) put_frame(header(first, first + 2), batch(first, first + 2), chunk);
  const std::vector<std::uint8_t> good = chunk.take();
  ASSERT_EQ(recover(good, kChunk, agent()).entries.size(), 3U);
  const std::size_t frame = good.size() / 3;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto damaged = good;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const Recovered found = recover(damaged, kChunk, agent());
    ASSERT_EQ(found.entries.size(), 2U) << "bit " << bit;
    const std::size_t hit = bit / 8 / frame;
    EXPECT_EQ(found.entries[0].first, hit == 0 ? 4U : 1U);
    EXPECT_EQ(found.entries[1].first, hit == 2 ? 4U : 7U);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Recovered found = recover(base::Bytes(good).first(size), kChunk, agent());
    EXPECT_EQ(found.entries.size(), size / frame);
    EXPECT_EQ(found.good_bytes, size / frame * frame);
  }
  EXPECT_TRUE(recover(good, kChunk, base::AgentId()).entries.empty()) << "another agent's";
}

TEST(SpoolIndex, ShedsTheLeastImportantFirstAndNeverIncidents) {
  Index index;
  for (const auto lane : {record::Lane::incidents, record::Lane::results, record::Lane::flows, record::Lane::packets}) {
    index.add({lane, 1, 1}, {1, 1, 36, 100});
  }
  EXPECT_EQ(index.to_shed(record::Lane::incidents)->lane, record::Lane::packets);
  index.remove({record::Lane::packets, 1, 1});
  EXPECT_FALSE(index.to_shed(record::Lane::packets)) << "flows do not go for packets";
  EXPECT_EQ(index.to_shed(record::Lane::results)->lane, record::Lane::flows);
  index.remove({record::Lane::flows, 1, 1});
  EXPECT_EQ(index.to_shed(record::Lane::incidents)->lane, record::Lane::results);
  index.remove({record::Lane::results, 1, 1});
  EXPECT_FALSE(index.to_shed(record::Lane::incidents));
  EXPECT_EQ(index.bytes(), 136U);
}

TEST(SpoolIndex, HolesAreWhatIsNeitherOnDiskNorSettled) {
  Index index;
  State state;
  index.add(kChunk, {5, 6, 36, 10});
  index.add(kChunk, {10, 12, 82, 10});
  state.settled_of(1, record::Lane::results).insert(1, 3);
  state.settled_of(1, record::Lane::results).insert(8);
  using Range = base::RangeSet::Range;
  EXPECT_EQ(index.holes(record::Lane::results, 1, state, 10), (std::vector<Range>{{4, 4}, {7, 7}, {9, 9}}));
  EXPECT_EQ(index.holes(record::Lane::results, 1, state, 2), (std::vector<Range>{{4, 4}, {7, 7}}));
}

}  // namespace
}  // namespace holter::spool

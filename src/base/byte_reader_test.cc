#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/byte_writer.h"
#include "base/seed_test.h"

namespace holter::base {
namespace {

constexpr std::uint64_t kWide = 0x0123'4567'89ab'cdef;

ByteWriter one_of_each() {
  ByteWriter out;
  out.u8(0x12);
  out.u16(0x3456);
  out.u32(0x89ab'cdef);
  out.u64(kWide);
  out.u16_le(0x3456);
  out.u32_le(0x89ab'cdef);
  out.u64_le(kWide);
  out.varint(300);
  out.text("end");
  return out;
}

// False as soon as one value is not what one_of_each() wrote.
bool read_each(ByteReader& in) {
  const bool big = in.u8() == 0x12 && in.u16() == 0x3456 && in.u32() == 0x89ab'cdef && in.u64() == kWide;
  const bool little = in.u16_le() == 0x3456 && in.u32_le() == 0x89ab'cdef && in.u64_le() == kWide;
  const std::uint64_t number = in.varint();
  const Bytes text = in.bytes(3);
  return big && little && number == 300 && std::string(text.begin(), text.end()) == "end";
}

TEST(ByteReader, ReadsWhatTheWriterWrote) {
  const auto bytes = one_of_each().take();
  ByteReader in(bytes);
  EXPECT_TRUE(read_each(in));
  EXPECT_FALSE(in.failed());
  EXPECT_EQ(in.captured_left(), 0u);
  EXPECT_EQ(in.position(), bytes.size());
}

TEST(ByteReader, ByteOrders) {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(ByteReader(bytes).u24(), 0x010203u);
  EXPECT_EQ(ByteReader(bytes).u32(), 0x01020304u);
  EXPECT_EQ(ByteReader(bytes).u32_le(), 0x04030201u);
  EXPECT_EQ(ByteReader(bytes).u64_le(), 0x0807060504030201u);
}

TEST(ByteReader, FailsAtEveryTruncationAndStaysInside) {
  const auto bytes = one_of_each().take();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees any step beyond it.
    const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    ByteReader in(cut, bytes.size());
    EXPECT_TRUE(in.truncated());
    EXPECT_FALSE(read_each(in)) << size;
    EXPECT_TRUE(in.failed()) << size;
    EXPECT_LE(in.position(), size);
    EXPECT_EQ(in.claimed_left() - in.captured_left(), bytes.size() - size);
  }
}

TEST(ByteReader, AFailedReadIsZeroAndMovesNothing) {
  const std::uint8_t bytes[] = {0xff, 0xff, 0xff};
  ByteReader in(bytes);
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.position(), 0u);
  EXPECT_TRUE(in.bytes(4).empty());
  EXPECT_EQ(in.u24(), 0xffffffu) << "what is there can still be read";
  EXPECT_TRUE(in.failed()) << "and the failure stays";
  in.skip(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(in.position(), 3u);
}

TEST(ByteReader, ASmallerClaimHidesTheBytesBehindIt) {
  const std::uint8_t bytes[] = {1, 2, 3, 4};
  ByteReader in(bytes, 2);
  EXPECT_FALSE(in.truncated());
  EXPECT_EQ(in.captured_left(), 2u);
  EXPECT_EQ(in.rest().size(), 2u);
  in.skip(2);
  EXPECT_EQ(in.u8(), 0u);
  EXPECT_TRUE(in.failed());
}

TEST(ByteReader, Varints) {
  auto random = seeded_random();
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random() >> below(random, 64);
    ByteWriter out;
    out.varint(value);
    ASSERT_LE(out.size(), 10u);
    ByteReader in(out.view());
    ASSERT_EQ(in.varint(), value);
    ASSERT_FALSE(in.failed());
    ASSERT_EQ(in.captured_left(), 0u);
  }
}

TEST(ByteReader, RefusesVarintsThatHoldMoreThan64Bits) {
  std::vector<std::uint8_t> bytes(9, 0xff);
  bytes.push_back(0x01);
  ByteReader largest(bytes);
  EXPECT_EQ(largest.varint(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(largest.failed());
  bytes.back() = 0x02;
  ByteReader too_large(bytes);
  EXPECT_EQ(too_large.varint(), 0u);
  EXPECT_TRUE(too_large.failed());
  bytes.assign(11, 0x80);
  ByteReader endless(bytes);
  EXPECT_EQ(endless.varint(), 0u);
  EXPECT_TRUE(endless.failed());
}

}  // namespace
}  // namespace holter::base

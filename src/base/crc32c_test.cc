#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

#include "base/seed_test.h"

namespace holter::base {
namespace {

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// The vectors of RFC 3720, B.4, which prints the checksums byte by byte (least significant first).
TEST(Crc32c, AgreesWithRfc3720) {
  std::vector<std::uint8_t> bytes(32, 0);
  EXPECT_EQ(crc32c(bytes), 0x8a9136aau);
  bytes.assign(32, 0xff);
  EXPECT_EQ(crc32c(bytes), 0x62a8ab43u);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  EXPECT_EQ(crc32c(bytes), 0x46dd794eu);
  std::iota(bytes.rbegin(), bytes.rend(), std::uint8_t{0});
  EXPECT_EQ(crc32c(bytes), 0x113fdb5cu);
  const std::vector<std::uint8_t> scsi_read = {0x01, 0xc0, 0, 0, 0, 0, 0,    0, 0,    0, 0, 0,    0, 0, 0, 0,
                                               0x14, 0,    0, 0, 0, 0, 0x04, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
                                               0x28, 0,    0, 0, 0, 0, 0,    0, 0x02, 0, 0, 0,    0, 0, 0, 0};
  EXPECT_EQ(crc32c(scsi_read), 0xd9963a56u);
}

TEST(Crc32c, KnownText) {
  EXPECT_EQ(crc32c({}), 0u);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c_portable(bytes_of("123456789")), 0xe3069283u);
}

TEST(Crc32c, TablesAndInstructionAgreeAtEveryLengthAndAlignment) {
  auto random = seeded_random();
  const std::string bytes = random_bytes(random, 300);
  const Bytes all = bytes_of(bytes);
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t size = 0; from + size <= all.size(); ++size) {
      const Bytes part = all.subspan(from, size);
      ASSERT_EQ(crc32c(part, 7), crc32c_portable(part, 7)) << from << '+' << size;
    }
  }
}

TEST(Crc32c, GoesOnWhereItEnded) {
  auto random = seeded_random();
  const std::string bytes = random_bytes(random, 1000);
  const Bytes all = bytes_of(bytes);
  const std::uint32_t whole = crc32c(all);
  for (std::size_t cut = 0; cut <= all.size(); cut += 37) {
    EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), whole) << cut;
  }
}

TEST(Crc32c, SeesEveryFlippedBit) {
  std::vector<std::uint8_t> bytes(64, 0x5a);
  const std::uint32_t before = crc32c(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_NE(crc32c(bytes), before) << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
}

}  // namespace
}  // namespace holter::base

#include "base/byte_writer.h"

#include <gmock/gmock.h>

namespace holter::base {
namespace {

using testing::ElementsAre;

TEST(ByteWriter, WritesTheNamedByteOrder) {
  ByteWriter out;
  out.u16(0x0102);
  out.u16_le(0x0102);
  out.u32(0x01020304);
  out.u32_le(0x01020304);
  EXPECT_THAT(out.take(), ElementsAre(1, 2, 2, 1, 1, 2, 3, 4, 4, 3, 2, 1));
  out.u64(0x0102030405060708);
  EXPECT_THAT(out.take(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  out.u64_le(0x0102030405060708);
  EXPECT_THAT(out.take(), ElementsAre(8, 7, 6, 5, 4, 3, 2, 1));
}

TEST(ByteWriter, VarintsAreAsShortAsCanBe) {
  ByteWriter out;
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 16'383ULL, 16'384ULL}) out.varint(value);
  EXPECT_THAT(out.take(), ElementsAre(0, 0x7f, 0x80, 1, 0xff, 0x7f, 0x80, 0x80, 1));
}

TEST(ByteWriter, PatchesWhatWasWrittenBefore) {
  ByteWriter out;
  out.zeros(7);
  out.patch_u32_le(1, 0x0a0b0c0d);
  out.patch_u16(5, 0x0102);
  EXPECT_THAT(out.view(), ElementsAre(0, 0x0d, 0x0c, 0x0b, 0x0a, 1, 2));
}

TEST(ByteWriter, TakeLeavesNothingBehind) {
  ByteWriter out;
  out.text("ab");
  const std::uint8_t more[] = {'c'};
  out.bytes(more);
  EXPECT_EQ(out.size(), 3u);
  EXPECT_THAT(out.take(), ElementsAre('a', 'b', 'c'));
  EXPECT_EQ(out.size(), 0u);
}

}  // namespace
}  // namespace holter::base

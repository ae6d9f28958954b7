#include "wire/unknown.h"

#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

void note(UnknownProtocols& unknown, const FrameBytes& frame, LinkType link = LinkType::ethernet) {
  unknown.note(decode(frame, static_cast<std::uint32_t>(frame.size()), link), frame,
               link == LinkType::ethernet ? 1 : 147);
}

TEST(Unknown, CountsByRegistryAndNumberAndKeepsTheFirst) {
  UnknownProtocols unknown;
  const std::vector<std::uint8_t> long_one(200, 7);
  note(unknown, test::ethernet(0x88b5, test::bytes_of("first")));
  note(unknown, test::ip_frame(test::kA4, test::kB4, 253, test::bytes_of("other")));
  note(unknown, test::udp_frame({test::kA4, 1}, {test::kB4, 2}, "known"));
  for (int i = 0; i < 4; ++i) note(unknown, test::ethernet(0x88b5, long_one));
  note(unknown, {0xf0}, LinkType::unknown);
  ASSERT_EQ(unknown.kinds().size(), 3u);
  const UnknownKind& kind = unknown.kinds()[0];
  EXPECT_EQ(kind.registry, DecodeEnd::unknown_ether_type);
  EXPECT_EQ(kind.number, 0x88b5u);
  EXPECT_EQ(kind.packets, 5u);
  ASSERT_EQ(kind.kept().size(), kUnknownSamples);
  EXPECT_TRUE(std::ranges::equal(kind.kept()[0].bytes(), test::bytes_of("first")));
  EXPECT_EQ(kind.kept()[1].length, 200u);
  EXPECT_EQ(kind.kept()[1].bytes().size(), kUnknownSampleBytes);
  EXPECT_EQ(unknown.kinds()[1].number, 253u);
  EXPECT_TRUE(std::ranges::equal(unknown.kinds()[1].kept()[0].bytes(), test::bytes_of("other")));
  EXPECT_EQ(unknown.kinds()[1].kept().size(), 1u);
  EXPECT_EQ(unknown.kinds()[2].registry, DecodeEnd::unknown_link);
  EXPECT_EQ(unknown.kinds()[2].number, 147u);
  EXPECT_EQ(unknown.others(), 0u);
}

TEST(Unknown, MoreKindsThanTheLimitAreCountedTogether) {
  UnknownProtocols unknown;
  for (std::uint16_t type = 0; type < kMaxUnknownKinds + 3; ++type) {
    note(unknown, test::ethernet(static_cast<std::uint16_t>(0x9400 + type), {}));
  }
  EXPECT_EQ(unknown.kinds().size(), kMaxUnknownKinds);
  EXPECT_EQ(unknown.others(), 3u);
  EXPECT_TRUE(unknown.kinds()[0].kept()[0].bytes().empty());
}

}  // namespace
}  // namespace holter::wire

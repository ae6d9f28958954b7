#include "describe/unknown_words.h"

#include <gtest/gtest.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

void note(wire::UnknownProtocols& unknown, std::uint16_t ether_type, base::Bytes inside) {
  const auto frame = wire::test::ethernet(ether_type, inside);
  unknown.note(decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet), frame, 1);
}

TEST(UnknownWords, TheMostFirstAndTheRestTogether) {
  wire::UnknownProtocols unknown;
  EXPECT_EQ(unknown_words(unknown), "");
  note(unknown, 0x88f7, {});
  note(unknown, 0x88b5, {});
  note(unknown, 0x88b5, {});
  note(unknown, 3, wire::test::bytes_of("\xf0\xf0\x03"));
  EXPECT_EQ(unknown_words(unknown), "ether type 0x88b5: 2, ether type 0x88f7: 1, LLC access point 0xf0: 1");
  for (std::uint16_t type = 0x9400; type < 0x9408; ++type) note(unknown, type, {});
  EXPECT_TRUE(unknown_words(unknown).ends_with("ether type 0x9404: 1, others: 3")) << unknown_words(unknown);
}

TEST(UnknownWords, SamplesAsDigits) {
  wire::UnknownProtocols unknown;
  EXPECT_EQ(unknown_samples(unknown), "");
  note(unknown, 0x88b5, wire::test::bytes_of("0123456789abcdefg"));
  note(unknown, 0x88f7, {});
  EXPECT_EQ(unknown_samples(unknown),
            "ether type 0x88b5, 1 packet:\n  sample:\n"
            "    0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n    0010  67\n"
            "ether type 0x88f7, 1 packet:\n  sample:\n    no bytes behind the last header\n");
}

}  // namespace
}  // namespace holter::describe

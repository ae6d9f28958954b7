#include "wire/application/ntp.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::Listed;
using test::Values;

TEST(Ntp, AnAnswer) {
  base::ByteWriter out;
  for (const std::uint8_t byte : {0x64, 2, 6, 0xec}) out.u8(byte);  // leap 1, version 4, mode 4; precision -20
  out.u32(0x00008000);
  out.u32(0x00010000);
  out.text("GPS");
  out.u8(0);
  for (std::uint64_t i = 1; i <= 4; ++i) out.u64(i << 32);
  const auto frame = test::udp_of(123, 123, out.view());
  Listed got = test::listed(frame);
  EXPECT_EQ(got["ntp.leap"], Values{"1"});
  EXPECT_EQ(got["ntp.version"], Values{"4"});
  EXPECT_EQ(got["ntp.mode"], Values{"4"});
  EXPECT_EQ(got["ntp.stratum"], Values{"2"});
  EXPECT_EQ(got["ntp.poll"], Values{"6"});
  EXPECT_EQ(got["ntp.precision"], Values{"-20"});
  EXPECT_EQ(got["ntp.root_delay"], Values{"0.5"});
  EXPECT_EQ(got["ntp.root_dispersion"], Values{"1"});
  EXPECT_EQ(got["ntp.reference_id"], Values{"47505300"});
  EXPECT_EQ(got["ntp.transmit_time"], Values{std::to_string(std::uint64_t{4} << 32)});
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Ntp, OfControlMessagesOnlyTheHead) {
  const std::array<std::uint8_t, 12> control{0x16, 2};
  Listed got = test::listed(test::udp_of(40'000, 123, control));
  EXPECT_EQ(got["ntp.mode"], Values{"6"});
  EXPECT_TRUE(got["ntp.stratum"].empty());
}

TEST(Ntp, WhatIsNoneIsNotClaimed) {
  const std::array<std::uint8_t, 48> version_seven{0x3c};
  EXPECT_FALSE(test::listed(test::udp_of(40'000, 123, version_seven)).contains("ntp"));
  const std::array<std::uint8_t, 20> too_short{0x23};
  EXPECT_FALSE(test::listed(test::udp_of(40'000, 123, too_short)).contains("ntp"));
}

}  // namespace
}  // namespace holter::wire

#include "base/units.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

TEST(Units, DurationsAreANumberAndAUnit) {
  EXPECT_EQ(parse_duration("500ms"), Duration::milliseconds(500));
  EXPECT_EQ(parse_duration("200us"), Duration::nanoseconds(200'000));
  EXPECT_EQ(parse_duration("1s"), Duration::seconds(1));
  EXPECT_EQ(parse_duration("1.5m"), Duration::seconds(90));
  EXPECT_EQ(parse_duration("2h"), Duration::hours(2));
  EXPECT_EQ(parse_duration("7d"), Duration::hours(7 * 24));
  EXPECT_EQ(parse_duration("36600d"), Duration::hours(36'600 * 24));
}

TEST(Units, WhatIsNoDuration) {
  for (const char* text : {"", "s", "10", "0s", "-1s", "+1s", "1 s", "1sec", "1S", "1e3s", "nan", "infs", "0x1s",
                           "1..5s", "36601d", "99999999999999999999s", "0.0000000001s", "1s "}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Units, SizesAreAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_size("1048576"), 1'048'576U);
  EXPECT_EQ(parse_size("1B"), 1U);
  EXPECT_EQ(parse_size("2kB"), 2'000U);
  EXPECT_EQ(parse_size("2KiB"), 2'048U);
  EXPECT_EQ(parse_size("512MiB"), 512ULL << 20);
  EXPECT_EQ(parse_size("2GB"), 2'000'000'000U);
  EXPECT_EQ(parse_size("1TiB"), 1ULL << 40);
}

TEST(Units, WhatIsNoSize) {
  for (const char* text :
       {"", "MiB", "0", "0MiB", "-1", "1.5GiB", "1 MiB", "1mib", "1M", "99999999TiB", "18446744073709551616"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Units, SizesForPeopleAreBinary) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1'023), "1023 B");
  EXPECT_EQ(size_text(1'536), "1.5 KiB");
  EXPECT_EQ(size_text(512ULL << 20), "512 MiB");
  EXPECT_EQ(size_text((3ULL << 30) + (1ULL << 29)), "3.5 GiB");
}

TEST(Units, ADurationIsWrittenAsItIsRead) {
  for (const char* text : {"1d", "36h", "90s", "1500ms", "7us", "61m", "400d"}) {
    EXPECT_EQ(duration_text(parse_duration(text).value()), text);
  }
  EXPECT_EQ(duration_text(Duration::zero()), "0us");
}

}  // namespace
}  // namespace holter::base

#include "describe/digits.h"

#include <gtest/gtest.h>

#include <string>

#include "base/ip.h"
#include "base/seed_test.h"

namespace holter::describe {
namespace {

std::string number(std::uint64_t value) {
  char text[kMostDigits];
  return {text, put_number(text, value)};
}

std::string ipv6(const std::array<std::uint8_t, 16>& address) {
  char text[kMostAddress];
  return {text, put_ipv6(text, address)};
}

TEST(Digits, NumbersAroundEveryPowerOfTen) {
  std::uint64_t power = 1;
  for (unsigned digits = 1; digits <= kMostDigits; ++digits, power *= 10) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 5, power * 9 + 7}) {
      EXPECT_EQ(number(value), std::to_string(value));
    }
  }
  EXPECT_EQ(number(~std::uint64_t{0}), "18446744073709551615");
}

TEST(Digits, EveryNumberOf16Bits) {
  for (std::uint64_t value = 0; value <= 0xffff; ++value) ASSERT_EQ(number(value), std::to_string(value));
}

TEST(Digits, RandomNumbersOfEveryLength) {
  auto random = base::seeded_random();
  for (unsigned i = 0; i < 200'000; ++i) {
    const std::uint64_t value = random() >> random() % 64;
    ASSERT_EQ(number(value), std::to_string(value));
  }
}

TEST(Digits, EightOfThemWithZeros) {
  char text[8];
  EXPECT_EQ(std::string(text, put_eight_digits(text, 1'020)), "00001020");
  EXPECT_EQ(std::string(text, put_eight_digits(text, 99'999'999)), "99999999");
}

TEST(Digits, AddressesAsTheLibraryWritesThem) {
  auto random = base::seeded_random();
  for (unsigned i = 0; i < 100'000; ++i) {
    std::array<std::uint8_t, 16> address{};
    // Zeros, ones of IPv4 mapped, and anything, two bytes at a time.
    for (std::size_t word = 0; word < 8; ++word) {
      const auto kind = random() % 8;
      address[word * 2] = static_cast<std::uint8_t>(kind == 0 ? random() : kind == 1 ? 0xff : 0);
      address[word * 2 + 1] = static_cast<std::uint8_t>(kind == 1 ? 0xff : kind <= 2 ? random() : 0);
    }
    ASSERT_EQ(ipv6(address), to_string(base::IpAddress::v6(address)));
  }
}

TEST(Digits, WordsOfEveryLength) {
  const std::string all = "a word that is longer than what is copied at once";
  for (std::size_t n = 0; n <= all.size(); ++n) {
    char text[64];
    EXPECT_EQ(std::string(text, put_word(text, std::string_view(all).substr(0, n))), all.substr(0, n));
  }
}

TEST(Digits, FlagsAndBytes) {
  char text[16];
  EXPECT_EQ(std::string(text, put_flag(text, true)), "true");
  EXPECT_EQ(std::string(text, put_flag(text, false)), "false");
  EXPECT_EQ(std::string(text, put_hex(text, base::Bytes(std::array<std::uint8_t, 3>{0, 0xab, 0x7f}))), "00ab7f");
}

}  // namespace
}  // namespace holter::describe

#include "heartbeat/hmac.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace holter::heartbeat {
namespace {

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string hex(base::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// RFC 4231, test cases 1 and 2: keys that are shorter than a block are filled with zeros.
TEST(Hmac, IsThatOfTheRfc) {
  Hmac hmac;
  Secret key{};
  std::fill_n(key.begin(), 20, 0x0b);
  EXPECT_EQ(hex(hmac(key, {bytes_of("Hi There")})), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  key = {'J', 'e', 'f', 'e'};
  EXPECT_EQ(hex(hmac(key, {bytes_of("what do ya want "), bytes_of("for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, CodesAreComparedWhole) {
  const Mac code = Hmac()({1}, {});
  Mac other = code;
  EXPECT_TRUE(same_code(code, other));
  other.back() ^= 1;
  EXPECT_FALSE(same_code(code, other));
  EXPECT_FALSE(same_code(code, base::Bytes(code).first(31)));
}

}  // namespace
}  // namespace holter::heartbeat

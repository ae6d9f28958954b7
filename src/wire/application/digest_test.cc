#include "wire/application/digest.h"

#include <gtest/gtest.h>

#include "wire/test_fields.h"

namespace holter::wire {
namespace {

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// RFC 1321, A.5; FIPS 180-4's examples.
TEST(Digest, KnownSums) {
  EXPECT_EQ(md5_digits(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_digits("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(sha256_digits("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, 4.2 and 4.3, and one over a key as long as the block.
TEST(Digest, KnownHmacs) {
  const std::string twenty(20, '\x0b');
  EXPECT_EQ(test::hexadecimal(hmac_sha256(bytes_of(twenty), bytes_of("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(test::hexadecimal(hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::string block(kMaxHmacKey, 'k');
  EXPECT_EQ(test::hexadecimal(hmac_sha256(bytes_of(block), bytes_of("x"))),
            "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66");
}

}  // namespace
}  // namespace holter::wire

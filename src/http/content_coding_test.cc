#include "http/content_coding.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>

#include <vector>

#include "http/zipped_test.h"

namespace holter::http {
namespace {

using base::ErrorKind;

constexpr std::size_t kMost = 1024 * 1024;

std::string brotlied(const std::string& text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string packed(size, '\0');
  EXPECT_TRUE(BrotliEncoderCompress(5, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_GENERIC, text.size(),
                                    reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(packed.data())));
  packed.resize(size);
  return packed;
}

std::string varied(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i) text += std::to_string(i * 2'654'435'761U) + ' ';
  return text.substr(0, size);
}

std::string packed(const std::string& coding, const std::string& text) {
  if (coding == "br") return brotlied(text);
  return zipped(text, coding == "deflate" ? 15 : 31);
}

TEST(ContentCoding, WhatWasPackedIsUnpacked) {
  for (const std::string coding : {"gzip", "deflate", "br"}) {
    for (const std::size_t size : {0U, 1U, 5'000U, 100'000U}) {
      const std::string text = varied(size);
      const auto done = unpack(coding, packed(coding, text), kMost, kMost);
      ASSERT_TRUE(done) << coding << ' ' << size << ": " << done.error().message;
      EXPECT_EQ(done->text, text);
      EXPECT_EQ(done->bytes, size);
    }
  }
  EXPECT_EQ(unpack(" X-GZIP ", zipped("a", 31), kMost, kMost)->text, "a");
  EXPECT_EQ(unpack("deflate", zipped("bare", -15), kMost, kMost)->text, "bare");
  EXPECT_EQ(unpack("gzip", zipped("two ", 31) + zipped("members", 31), kMost, kMost)->text, "two members");
}

TEST(ContentCoding, OnlyTheBeginningIsKept) {
  const auto done = unpack("gzip", zipped(varied(100'000), 31), kMost, 10);
  EXPECT_EQ(done->text, varied(10));
  EXPECT_EQ(done->bytes, 100'000U);
}

TEST(ContentCoding, WhatIsNotCodedOrNotKnownStaysAsItCame) {
  for (const char* const coding : {"", "identity", "zstd"}) {
    EXPECT_EQ(unpack(coding, "as it is", kMost, kMost)->text, "as it is");
  }
  EXPECT_EQ(unpack("gzip", "", kMost, kMost)->bytes, 0U);
}

TEST(ContentCoding, ABombIsTooLarge) {
  for (const std::string coding : {"gzip", "deflate", "br"}) {
    const auto bomb = unpack(coding, packed(coding, std::string(8 * kMost, '\0')), kMost, kMost);
    ASSERT_FALSE(bomb) << coding;
    EXPECT_EQ(bomb.error().kind, ErrorKind::too_large);
    const auto large = unpack(coding, packed(coding, varied(2 * kMost)), kMost, kMost);
    ASSERT_FALSE(large) << coding;
    EXPECT_EQ(large.error().kind, ErrorKind::too_large);
  }
  const auto ratio = unpack("gzip", zipped(std::string(100'000, 'x'), 31), kMost, kMost);
  EXPECT_EQ(ratio.error().message, "the gzip body of 132 bytes is more than 200 times as large when unpacked");
  EXPECT_EQ(unpack("gzip", zipped(std::string(60'000, 'x'), 31), kMost, kMost)->bytes, 60'000U);
}

TEST(ContentCoding, WhatIsBrokenIsSaid) {
  const auto why = [](std::string_view coding, std::string_view body) {
    const auto done = unpack(coding, body, kMost, kMost);
    return done ? "unpacked" : done.error().message;
  };
  const std::string gzip = zipped(varied(5'000), 31);
  const std::string brotli = brotlied(varied(5'000));
  EXPECT_EQ(why("gzip", gzip.substr(0, gzip.size() / 2)), "the gzip body breaks off");
  EXPECT_EQ(why("br", brotli.substr(0, brotli.size() / 2)), "the br body breaks off");
  EXPECT_EQ(why("gzip", "no gzip at all"), "the gzip body is broken");
  EXPECT_EQ(why("deflate", "\xff\xff\xff\xff"), "the deflate body is broken");
  EXPECT_EQ(why("br", std::string(64, '\xff')), "the br body is broken");
  EXPECT_EQ(why("gzip", gzip + "tail"), "the gzip body is followed by something else");
  EXPECT_EQ(why("br", brotli + "tail"), "the br body is followed by something else");
  EXPECT_EQ(why("gzip, gzip", gzip), "the body is coded more than once");
}

}  // namespace
}  // namespace holter::http

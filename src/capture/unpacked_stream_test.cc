#include "capture/unpacked_stream.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>

#include "base/seed_test.h"
#include "capture/test_streams.h"

namespace holter::capture {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes gzipped(const Bytes& plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(plain.size() + 1'000);
  stream.next_in = const_cast<std::uint8_t*>(plain.data());
  stream.avail_in = static_cast<unsigned>(plain.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes zstandard(const Bytes& plain) {
  Bytes out(ZSTD_compressBound(plain.size()));
  out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 1));
  return out;
}

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// What is read to the end, and how it ended.
std::pair<Bytes, base::Result<void>> read_all(const Bytes& packed, std::size_t piece) {
  test::MemoryInput input(packed, piece);
  const auto stream = unpacked(input);
  Bytes out, chunk(1'000);
  for (;;) {
    const auto got = stream->read_some(chunk);
    if (!got) return {out, got.error()};
    if (*got == 0) return {out, {}};
    out.insert(out.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

Bytes some_bytes(std::size_t n) {
  auto random = base::seeded_random();
  Bytes out(n);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random() % 7);
  return out;
}

TEST(UnpackedStream, IsWhatWasPackedInPiecesOfAnySize) {
  const Bytes plain = some_bytes(300'000);
  for (const std::size_t piece : {1UL, 3UL, 4'096UL, 1'000'000UL}) {
    for (const Bytes& packed : {plain, gzipped(plain), zstandard(plain)}) {
      const auto [bytes, end] = read_all(packed, piece);
      EXPECT_TRUE(end) << end.error().message;
      EXPECT_TRUE(bytes == plain) << bytes.size() << " bytes, in pieces of " << piece;
    }
  }
}

TEST(UnpackedStream, SeveralMembersAreOneFile) {
  const Bytes plain = some_bytes(5'000);
  const Bytes twice = joined(plain, plain);
  EXPECT_TRUE(read_all(joined(gzipped(plain), gzipped(plain)), 100).first == twice);
  EXPECT_TRUE(read_all(joined(zstandard(plain), zstandard(plain)), 100).first == twice);
}

TEST(UnpackedStream, ShortFilesPassThrough) {
  for (const Bytes& few : {Bytes{}, Bytes{0x1f}, Bytes{1, 2, 3}}) {
    const auto [bytes, end] = read_all(few, 1);
    EXPECT_TRUE(end);
    EXPECT_TRUE(bytes == few);
  }
}

TEST(UnpackedStream, SaysThatPackedDataIsCutOrDamaged) {
  const Bytes plain = some_bytes(50'000);
  for (Bytes packed : {gzipped(plain), zstandard(plain)}) {
    const Bytes cut(packed.begin(), packed.end() - 5);
    const auto ended = read_all(cut, 4'096).second;
    ASSERT_FALSE(ended);
    EXPECT_NE(ended.error().message.find("stops before its end"), std::string::npos) << ended.error().message;
    for (std::size_t at = 20; at < 60; ++at) packed[at] ^= 0x55;
    const auto damaged = read_all(packed, 4'096).second;
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().kind, base::ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace holter::capture

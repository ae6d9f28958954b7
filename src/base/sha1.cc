#include "base/sha1.h"

#include <algorithm>
#include <bit>

namespace holter::base {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLengthBytes = 8;

using State = std::array<std::uint32_t, 5>;
using Block = std::array<std::uint8_t, kBlock>;

struct Round {
  std::uint32_t mixed;
  std::uint32_t constant;
};

constexpr Round round(std::size_t t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) return {(b & c) | (~b & d), 0x5a827999};
  if (t < 40) return {b ^ c ^ d, 0x6ed9eba1};
  if (t < 60) return {(b & c) | (b & d) | (c & d), 0x8f1bbcdc};
  return {b ^ c ^ d, 0xca62c1d6};
}

void take(State& state, const Block& block) {
  std::array<std::uint32_t, 80> words{};
  for (std::size_t t = 0; t < 16; ++t) {
    for (std::size_t byte = 0; byte < 4; ++byte) words[t] = words[t] << 8 | block[t * 4 + byte];
  }
  for (std::size_t t = 16; t < words.size(); ++t) {
    words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < words.size(); ++t) {
    const Round now = round(t, b, c, d);
    const std::uint32_t next = std::rotl(a, 5) + now.mixed + e + words[t] + now.constant;
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State change{a, b, c, d, e};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += change[i];
}

}  // namespace

std::array<std::uint8_t, 20> sha1(Bytes bytes) {
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  Block block{};
  for (; bytes.size() >= kBlock; bytes = bytes.subspan(kBlock)) {
    std::ranges::copy(bytes.first(kBlock), block.begin());
    take(state, block);
  }
  block.fill(0);
  std::ranges::copy(bytes, block.begin());
  block[bytes.size()] = 0x80;
  if (bytes.size() >= kBlock - kLengthBytes) {
    take(state, block);
    block.fill(0);
  }
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    block[kBlock - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  }
  take(state, block);
  std::array<std::uint8_t, 20> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - i % 4 * 8));
  }
  return digest;
}

}  // namespace holter::base

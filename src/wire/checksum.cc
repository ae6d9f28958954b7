#include "wire/checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace holter::wire {
namespace {

constexpr std::size_t kBlock = 32;

constexpr std::uint16_t in_network_order(std::uint16_t value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

constexpr std::uint64_t halves(std::uint64_t word) { return (word & 0xffffffff) + (word >> 32); }

// Four sums beside each other, which a compiler turns into vectors: half the time of one.
std::uint64_t sum_of_blocks(const std::uint8_t* at, std::size_t blocks) {
  std::array<std::uint64_t, 4> sums{};
  for (; blocks != 0; --blocks, at += kBlock) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), at, kBlock);
    for (std::size_t i = 0; i < words.size(); ++i) sums[i] += halves(words[i]);
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

// One's complement sums do not care about byte order until the end, so bytes are taken as they lie.
std::uint64_t native_sum(base::Bytes bytes) {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size() % kBlock;
  std::uint64_t sum = 0;
  if (bytes.size() >= kBlock) {
    sum = sum_of_blocks(at, bytes.size() / kBlock);
    at += bytes.size() - left;
  }
  for (; left >= 4; left -= 4, at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    sum += word;
  }
  if (left >= 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, at, 2);
    sum += word;
    left -= 2;
    at += 2;
  }
  if (left == 1) {
    const std::uint8_t last[2] = {*at, 0};
    std::uint16_t word = 0;
    std::memcpy(&word, last, 2);
    sum += word;
  }
  return sum;
}

std::uint16_t fold(std::uint64_t sum) {
  sum = halves(sum);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace

void ChecksumSum::add(base::Bytes bytes) { sum_ += native_sum(bytes); }

void ChecksumSum::add_u16(std::uint16_t value) { sum_ += in_network_order(value); }

void ChecksumSum::add_u32(std::uint32_t value) {
  add_u16(static_cast<std::uint16_t>(value >> 16));
  add_u16(static_cast<std::uint16_t>(value));
}

void ChecksumSum::add_pseudo_header(base::Bytes source, base::Bytes destination, std::uint8_t protocol,
                                    std::uint32_t length) {
  add(source);
  add(destination);
  add_u32(length);
  add_u16(protocol);
}

std::uint16_t ChecksumSum::finish() const { return in_network_order(static_cast<std::uint16_t>(~fold(sum_))); }

std::uint16_t internet_checksum(base::Bytes bytes) {
  ChecksumSum sum;
  sum.add(bytes);
  return sum.finish();
}

}  // namespace holter::wire

#include "wire/checksum.h"

#include <bit>
#include <cstring>

namespace holter::wire {
namespace {

// One's complement sums do not care about byte order until the end, so bytes are taken eight at a time as they lie.
std::uint64_t native_sum(base::Bytes bytes) {
  std::uint64_t sum = 0;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    sum += word & 0xffffffff;
    sum += word >> 32;
  }
  for (; left >= 2; left -= 2, at += 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, at, 2);
    sum += word;
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
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace

void ChecksumSum::add(base::Bytes bytes) {
  const std::uint16_t folded = fold(native_sum(bytes));
  if constexpr (std::endian::native == std::endian::little) {
    sum_ += static_cast<std::uint16_t>(folded << 8 | folded >> 8);
  } else {
    sum_ += folded;
  }
}

void ChecksumSum::add_pseudo_header(base::Bytes source, base::Bytes destination, std::uint8_t protocol,
                                    std::uint32_t length) {
  add(source);
  add(destination);
  add_u32(length);
  add_u16(protocol);
}

std::uint16_t ChecksumSum::finish() const { return static_cast<std::uint16_t>(~fold(sum_)); }

std::uint16_t internet_checksum(base::Bytes bytes) {
  ChecksumSum sum;
  sum.add(bytes);
  return sum.finish();
}

}  // namespace holter::wire

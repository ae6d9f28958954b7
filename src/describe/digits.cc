#include "describe/digits.h"

#include <bit>

namespace holter::describe {
namespace {

constexpr std::uint32_t kEightDigits = 100'000'000;
constexpr std::uint64_t kZeros = 0x3030303030303030;  // eight times '0'

// The digits of a number below 10^8, the first in the lowest byte: halves, then pairs, then digits, all at once in one
// register. A quotient is a product with the divisor's inverse, exact for as large as the parts can be.
constexpr std::uint64_t eight_digits(std::uint32_t value) {
  const std::uint64_t halves = value / 10'000 | std::uint64_t{value % 10'000} << 32;
  const std::uint64_t hundreds = halves * 10'486 >> 20 & 0x0000007f0000007f;
  const std::uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
  const std::uint64_t tens = pairs * 103 >> 10 & 0x000f000f000f000f;
  return tens | (pairs - tens * 10) << 8;
}

// The lowest byte first, on any machine.
void store(char* at, std::uint64_t characters) {
  if constexpr (std::endian::native == std::endian::big) characters = __builtin_bswap64(characters);
  std::memcpy(at, &characters, sizeof characters);
}

unsigned word_at(base::Bytes bytes, std::size_t i) { return bytes[i * 2] * 256U + bytes[i * 2 + 1]; }

// Without zeros before it.
char* put_hex_word(char* at, unsigned word) {
  constexpr char kHex[] = "0123456789abcdef";
  for (unsigned bits = word < 0x10 ? 4 : word < 0x100 ? 8 : word < 0x1000 ? 12 : 16; bits != 0;) {
    bits -= 4;
    *at++ = kHex[word >> bits & 0xf];
  }
  return at;
}

struct Zeros {
  std::size_t first = 0;
  std::size_t count = 0;
};

// The longest run of at least two words that are 0, the first of such (RFC 5952, 4.2).
Zeros longest_zeros(base::Bytes address) {
  Zeros best{.count = 1};
  for (std::size_t i = 0; i < 8; ++i) {
    Zeros run{.first = i};
    while (i < 8 && word_at(address, i) == 0) ++run.count, ++i;
    if (run.count > best.count) best = run;
  }
  return best.count > 1 ? best : Zeros{};
}

}  // namespace

char* put_eight_digits(char* at, std::uint32_t value) {
  store(at, eight_digits(value) + kZeros);
  return at + 8;
}

char* put_large_number(char* at, std::uint64_t value) {
  if (value >= kEightDigits) {
    at = put_number(at, value / kEightDigits);
    return put_eight_digits(at, static_cast<std::uint32_t>(value % kEightDigits));
  }
  const std::uint64_t digits = eight_digits(static_cast<std::uint32_t>(value));
  const auto none = static_cast<unsigned>(std::countr_zero(digits)) / 8;
  store(at, (digits + kZeros) >> none * 8);
  return at + 8 - none;
}

char* put_ipv6(char* at, base::Bytes address) {
  const Zeros zeros = longest_zeros(address);
  // An IPv4 address in one of IPv6, mapped or compatible (RFC 5952, 5).
  const bool mapped = zeros.count == 5 && word_at(address, 5) == 0xffff;
  const bool has_ipv4 = zeros.first == 0 && (zeros.count == 6 || mapped);
  const std::size_t words = has_ipv4 ? 6 : 8;
  for (std::size_t i = 0; i < words;) {
    if (zeros.count != 0 && i == zeros.first) {
      *at++ = ':';
      i += zeros.count;
      if (i == 8) *at++ = ':';
      continue;
    }
    if (i != 0) *at++ = ':';
    at = put_hex_word(at, word_at(address, i++));
  }
  if (!has_ipv4) return at;
  *at++ = ':';
  return put_ipv4(at, address.subspan(12));
}

}  // namespace holter::describe

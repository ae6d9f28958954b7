// The characters of numbers, addresses and short words, written where there is room for them: a pointer goes in, the
// end comes out. In the JSON of a packet there are fifty of them, so most are copies of constant length, which may
// write over their end within the room that they ask for. Constant tables; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/byte_reader.h"

namespace holter::describe {

inline constexpr std::size_t kMostDigits = 20;   // of 64 bits
inline constexpr std::size_t kMostAddress = 46;  // of IPv6, with an IPv4 address at its end

// The decimal digits of a byte and how many they are, and its two hexadecimal ones.
struct ByteText {
  char decimal[3] = {};
  std::uint8_t length = 0;
  char hex[2] = {};
};
inline constexpr std::array<ByteText, 256> kByteTexts = [] {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<ByteText, 256> out{};
  for (unsigned value = 0; value < 256; ++value) {
    ByteText& text = out[value];
    if (value >= 100) text.decimal[text.length++] = static_cast<char>('0' + value / 100);
    if (value >= 10) text.decimal[text.length++] = static_cast<char>('0' + value / 10 % 10);
    text.decimal[text.length++] = static_cast<char>('0' + value % 10);
    text.hex[0] = kHex[value >> 4];
    text.hex[1] = kHex[value & 0xf];
  }
  return out;
}();

// Room for 3 characters, whatever it takes of them.
inline char* put_byte(char* at, std::uint8_t value) {
  const ByteText& text = kByteTexts[value];
  std::memcpy(at, text.decimal, 3);
  return at + text.length;
}

char* put_large_number(char* at, std::uint64_t value);  // from 256 on
// Room for kMostDigits.
inline char* put_number(char* at, std::uint64_t value) {
  return value < 256 ? put_byte(at, static_cast<std::uint8_t>(value)) : put_large_number(at, value);
}
// Below 10^8, with zeros before it.
char* put_eight_digits(char* at, std::uint32_t value);

// Room for 8 characters.
inline char* put_flag(char* at, bool value) {
  constexpr char kWords[2][8] = {"false", "true"};
  std::memcpy(at, kWords[value ? 1 : 0], 8);
  return at + (value ? 4 : 5);
}

// A text of constant length is a few moves.
inline char* put_text(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// The first half of a text and the last; they may overlap.
template <std::size_t kHalf>
void put_ends(char* at, std::string_view text) {
  std::memcpy(at, text.data(), kHalf);
  std::memcpy(at + text.size() - kHalf, text.data() + text.size() - kHalf, kHalf);
}
// A text that is mostly short, without a call for it.
inline char* put_word(char* at, std::string_view word) {
  const std::size_t n = word.size();
  if (n < 2 || n > 16) return put_text(at, word);
  if (n >= 8) {
    put_ends<8>(at, word);
  } else if (n >= 4) {
    put_ends<4>(at, word);
  } else {
    put_ends<2>(at, word);
  }
  return at + n;
}

inline char* put_hex(char* at, std::uint8_t value) {
  std::memcpy(at, kByteTexts[value].hex, 2);
  return at + 2;
}
inline char* put_hex(char* at, base::Bytes bytes) {
  for (const std::uint8_t byte : bytes) at = put_hex(at, byte);
  return at;
}

// Room for 15 characters.
inline char* put_ipv4(char* at, base::Bytes address) {
  at = put_byte(at, address[0]);
  for (std::size_t i = 1; i < 4; ++i) {
    *at++ = '.';
    at = put_byte(at, address[i]);
  }
  return at;
}

// As base::to_string() has it. Room for kMostAddress.
char* put_ipv6(char* at, base::Bytes address);

// Room for 3 characters a byte.
inline char* put_mac(char* at, base::Bytes mac) {
  for (std::size_t i = 0; i < mac.size(); ++i) {
    if (i != 0) *at++ = ':';
    at = put_hex(at, mac[i]);
  }
  return at;
}

}  // namespace holter::describe

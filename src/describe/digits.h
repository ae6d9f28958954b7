// The digits of numbers and addresses, written where there is room for them: a pointer goes in, the end comes out. In
// the JSON of a packet there are fifty of them. Constant tables; any thread.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/byte_reader.h"

namespace holter::describe {

inline constexpr std::size_t kMostDigits = 20;  // of 64 bits

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

// Room for kMostDigits.
inline char* put_number(char* at, std::uint64_t value) {
  if (value < 256) return put_byte(at, static_cast<std::uint8_t>(value));
  return std::to_chars(at, at + kMostDigits, value).ptr;
}

inline char* put_hex(char* at, std::uint8_t value) {
  std::memcpy(at, kByteTexts[value].hex, 2);
  return at + 2;
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

// Room for 3 characters a byte.
inline char* put_mac(char* at, base::Bytes mac) {
  for (std::size_t i = 0; i < mac.size(); ++i) {
    if (i != 0) *at++ = ':';
    at = put_hex(at, mac[i]);
  }
  return at;
}

}  // namespace holter::describe

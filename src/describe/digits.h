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

// A text of up to seven characters and how many they are: one copy of eight bytes, whatever the text.
struct ShortText {
  std::array<char, 7> text{};
  std::uint8_t length = 0;
};
static_assert(sizeof(ShortText) == 8);

// The two flags, then the decimal digits of every byte.
inline constexpr std::size_t kFirstByte = 2;
inline constexpr std::array<ShortText, kFirstByte + 256> kShortTexts = [] {
  std::array<ShortText, kFirstByte + 256> out{};
  out[0] = {{'f', 'a', 'l', 's', 'e'}, 5};
  out[1] = {{'t', 'r', 'u', 'e'}, 4};
  for (unsigned value = 0; value < 256; ++value) {
    ShortText& short_text = out[kFirstByte + value];
    const auto add = [&short_text](unsigned digit) {
      short_text.text[short_text.length++] = static_cast<char>('0' + digit);
    };
    if (value >= 100) add(value / 100);
    if (value >= 10) add(value / 10 % 10);
    add(value % 10);
  }
  return out;
}();

// Room for 8 characters, whatever it takes of them.
inline char* put_short(char* at, std::size_t index) {
  const ShortText& text = kShortTexts[index];
  std::memcpy(at, &text, sizeof text);
  return at + text.length;
}
inline char* put_flag(char* at, bool value) { return put_short(at, value ? 1 : 0); }
inline char* put_byte(char* at, std::uint8_t value) { return put_short(at, kFirstByte + value); }

char* put_large_number(char* at, std::uint64_t value);  // from 256 on
// Room for kMostDigits.
inline char* put_number(char* at, std::uint64_t value) {
  return value < 256 ? put_byte(at, static_cast<std::uint8_t>(value)) : put_large_number(at, value);
}
// Below 10^8, with zeros before it. Room for 8 characters.
char* put_eight_digits(char* at, std::uint32_t value);

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

inline constexpr std::array<std::array<char, 2>, 256> kHexPairs = [] {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> out{};
  for (unsigned value = 0; value < 256; ++value) out[value] = {kHex[value >> 4], kHex[value & 0xf]};
  return out;
}();

inline char* put_hex(char* at, std::uint8_t value) {
  std::memcpy(at, kHexPairs[value].data(), 2);
  return at + 2;
}
inline char* put_hex(char* at, base::Bytes bytes) {
  for (const std::uint8_t byte : bytes) at = put_hex(at, byte);
  return at;
}

// Room for 20 characters, whatever it takes of them.
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

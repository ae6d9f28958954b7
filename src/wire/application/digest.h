// MD5, SHA-256 and HMAC (RFC 2104) by OpenSSL. The algorithms are looked up once: that costs more than to digest what a
// hello says. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_reader.h"

namespace holter::wire {

inline constexpr std::size_t kSha256Bytes = 32;
inline constexpr std::size_t kMaxHmacKey = 64;  // a longer one would be digested first, and nobody here has one

using Sha256 = std::array<std::uint8_t, kSha256Bytes>;

// In hexadecimal digits. Empty when a policy of the system forbids the algorithm.
std::string md5_digits(std::string_view text);
std::string sha256_digits(std::string_view text);

// All zeros when it cannot be had.
Sha256 hmac_sha256(base::Bytes key, base::Bytes text);

}  // namespace holter::wire

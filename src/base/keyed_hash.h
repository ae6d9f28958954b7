// KeyedHash is SipHash-2-4 (Aumasson and Bernstein 2012): a hash of bytes that others choose, for tables in which they
// must not be able to make everything collide. The key is drawn at random by whoever owns the table. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace holter::base {

struct HashKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

std::uint64_t keyed_hash(HashKey key, std::string_view bytes);

}  // namespace holter::base

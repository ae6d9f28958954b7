#include "heartbeat/seal.h"

#include <algorithm>

#include "base/assert.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {
namespace {

constexpr std::array<std::uint8_t, kMacBytes> kNoMac{};

Mac code_of(Hmac& hmac, const Secret& secret, base::Bytes datagram) {
  return hmac(secret, {datagram.first(kMacOffset), kNoMac, datagram.subspan(kHeaderBytes)});
}

}  // namespace

void seal(Hmac& hmac, const ClientKey& key, std::span<std::uint8_t> datagram) {
  HOLTER_ASSERT(datagram.size() >= kHeaderBytes);
  for (std::size_t i = 0; i < 4; ++i) datagram[kKeyIdOffset + i] = static_cast<std::uint8_t>(key.id >> (8 * i));
  std::ranges::copy(code_of(hmac, key.secret, datagram), datagram.begin() + kMacOffset);
}

bool is_sealed(Hmac& hmac, const ClientKey& key, base::Bytes datagram) {
  if (datagram.size() < kHeaderBytes) return false;
  base::ByteReader reader(datagram.subspan(kKeyIdOffset));
  if (reader.u32_le() != key.id) return false;
  return same_code(code_of(hmac, key.secret, datagram), datagram.subspan(kMacOffset, kMacBytes));
}

}  // namespace holter::heartbeat

// Who counts as one sender where senders are limited: with IPv6 a whole /64, of which one host may have every address.
#pragma once

#include <algorithm>
#include <array>

#include "base/ip.h"

namespace holter::heartbeat {

inline constexpr std::size_t kV6Prefix = 8;  // bytes of an IPv6 address that one network has

inline base::IpAddress origin(const base::IpAddress& address) {
  if (address.is_v4() || address.is_loopback()) return address;
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes().first(kV6Prefix), bytes.begin());
  return base::IpAddress::v6(bytes, address.zone());
}

}  // namespace holter::heartbeat

// Egress says how what is sent leaves this host, where its routes and the kernel's defaults shall not decide. Plain
// values, the same for datagrams, connections and requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip.h"

namespace holter::env {

inline constexpr std::uint8_t kMaxDscp = 63;

struct Egress {
  std::optional<base::IpAddress> source;  // an own address of the family that is asked
  std::string interface;                  // empty: by route
  std::optional<std::uint8_t> ttl;        // hop limit for IPv6; at least 1
  std::optional<std::uint8_t> dscp;       // RFC 2474, at most kMaxDscp

  friend bool operator==(const Egress&, const Egress&) = default;
};

}  // namespace holter::env

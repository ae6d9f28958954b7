// A host as people write one: a name or an address, with a port or without. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holter::cli {

struct HostAndPort {
  std::string host;  // without the brackets of an IPv6 address
  std::optional<std::uint16_t> port;

  // "host", "host:port", "192.0.2.1", "::1", "[::1]:4281".
  static std::optional<HostAndPort> parse(std::string_view text);
};

}  // namespace holter::cli

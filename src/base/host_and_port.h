// A host as people write one: a name or an address, with a port or without. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holter::base {

struct HostAndPort {
  std::string host = {};  // without the brackets of an IPv6 address
  std::optional<std::uint16_t> port = {};

  // "host", "host:port", "192.0.2.1", "::1", "[::1]:4282".
  static std::optional<HostAndPort> parse(std::string_view text);

  friend bool operator==(const HostAndPort&, const HostAndPort&) = default;
};

// As parse() takes it: "host", "host:99", "[::1]:4282".
std::string to_string(const HostAndPort& host);

}  // namespace holter::base

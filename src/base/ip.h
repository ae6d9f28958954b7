// Addresses of IPv4 and IPv6 as one value type: 16 bytes and a family, comparable and hashable, no heap.
// Parsing and printing follow RFC 5952 (inet_pton, inet_ntop); a zone ("fe80::1%eth0") is kept as interface index.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::base {

class IpAddress {
 public:
  enum class Family : std::uint8_t { v4 = 4, v6 = 6 };

  constexpr IpAddress() = default;  // 0.0.0.0

  static IpAddress v4(std::uint32_t host_order);
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(std::array<std::uint8_t, 16> bytes, std::uint32_t zone = 0);
  static IpAddress any(Family family);
  static IpAddress loopback(Family family);
  // "192.0.2.1" or "2001:db8::1" or "fe80::1%2" (a numeric zone). Not a name, not a prefix.
  static Result<IpAddress> parse(std::string_view text);

  Family family() const { return family_; }
  bool is_v4() const { return family_ == Family::v4; }
  // Network order: 4 or 16 bytes; points into this object.
  Bytes bytes() const { return Bytes(bytes_).first(is_v4() ? 4 : 16); }
  std::uint32_t zone() const { return zone_; }
  bool is_loopback() const;
  bool is_any() const;
  bool is_link_local() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint32_t zone_ = 0;
  Family family_ = Family::v4;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// "192.0.2.1:53", "[2001:db8::1]:53": an address and a port from 1 to 65535, the inverse of to_string().
Result<Endpoint> parse_endpoint(std::string_view text);

std::string to_string(const IpAddress& address);
// "192.0.2.1:53", "[2001:db8::1]:53"
std::string to_string(const Endpoint& endpoint);

}  // namespace holter::base

template <>
struct std::hash<holter::base::IpAddress> {
  std::size_t operator()(const holter::base::IpAddress& address) const noexcept;
};
template <>
struct std::hash<holter::base::Endpoint> {
  std::size_t operator()(const holter::base::Endpoint& endpoint) const noexcept;
};

#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace holter::base {

IpAddress IpAddress::v4(std::uint32_t host_order) {
  return v4({static_cast<std::uint8_t>(host_order >> 24), static_cast<std::uint8_t>(host_order >> 16),
             static_cast<std::uint8_t>(host_order >> 8), static_cast<std::uint8_t>(host_order)});
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes, std::uint32_t zone) {
  IpAddress address;
  address.bytes_ = bytes;
  address.zone_ = zone;
  address.family_ = Family::v6;
  return address;
}

IpAddress IpAddress::any(Family family) { return family == Family::v4 ? IpAddress() : v6({}); }

IpAddress IpAddress::loopback(Family family) {
  if (family == Family::v4) return v4({127, 0, 0, 1});
  return v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  Error wrong{ErrorKind::invalid, "not an IP address"};
  if (text.size() > 64 || text.find('\0') != text.npos) return wrong;
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, std::string(text).c_str(), bytes.data()) == 1) {
    return v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  }
  std::uint32_t zone = 0;
  if (const auto percent = text.find('%'); percent != text.npos) {
    const std::string_view digits = text.substr(percent + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), zone);
    if (failure != std::errc() || end != digits.data() + digits.size()) return wrong;
    text = text.substr(0, percent);
  }
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return wrong;
  return v6(bytes, zone);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const Error wrong{ErrorKind::invalid, "not an address and port such as 192.0.2.1:53 or [2001:db8::1]:53"};
  const auto colon = text.rfind(':');
  if (colon == text.npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_number = failure == std::errc() && end == digits.data() + digits.size();
  if (!address || !is_number || port == 0 || address->is_v4() == bracketed) return wrong;
  return Endpoint{*address, port};
}

bool IpAddress::is_loopback() const { return is_v4() ? bytes_[0] == 127 : *this == loopback(Family::v6); }

bool IpAddress::is_any() const {
  return std::ranges::all_of(bytes(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_link_local() const {
  return is_v4() ? bytes_[0] == 169 && bytes_[1] == 254 : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

namespace {

// Digit by digit: it is in every record, and general ways of writing numbers cost ten times as much.
std::string v4_to_string(Bytes bytes) {
  std::array<char, INET_ADDRSTRLEN> text{};
  char* to = text.data();
  for (const std::uint8_t byte : bytes) {
    if (byte >= 100) *to++ = static_cast<char>('0' + byte / 100);
    if (byte >= 10) *to++ = static_cast<char>('0' + byte / 10 % 10);
    *to++ = static_cast<char>('0' + byte % 10);
    *to++ = '.';
  }
  return {text.data(), static_cast<std::size_t>(to - 1 - text.data())};
}

}  // namespace

std::string to_string(const IpAddress& address) {
  const Bytes bytes = address.bytes();
  if (address.is_v4()) return v4_to_string(bytes);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  std::string out(text.data());
  if (address.zone() != 0) out += '%' + std::to_string(address.zone());
  return out;
}

std::string to_string(const Endpoint& endpoint) {
  const std::string host = to_string(endpoint.address);
  return (endpoint.address.is_v4() ? host : '[' + host + ']') + ':' + std::to_string(endpoint.port);
}

}  // namespace holter::base

std::size_t std::hash<holter::base::IpAddress>::operator()(const holter::base::IpAddress& address) const noexcept {
  const holter::base::Bytes bytes = address.bytes();
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::hash<std::string_view>()(view) ^ address.zone();
}

std::size_t std::hash<holter::base::Endpoint>::operator()(const holter::base::Endpoint& endpoint) const noexcept {
  return std::hash<holter::base::IpAddress>()(endpoint.address) * 31 + endpoint.port;
}

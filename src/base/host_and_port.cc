#include "base/host_and_port.h"

#include <charconv>

#include "base/ip.h"

namespace holter::base {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<HostAndPort> HostAndPort::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (IpAddress::parse(text)) return HostAndPort{std::string(text), std::nullopt};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return HostAndPort{std::string(text), std::nullopt};
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (!port || host.empty()) return std::nullopt;
  return HostAndPort{std::string(host), port};
}

std::string to_string(const HostAndPort& host) {
  if (!host.port) return host.host;
  const bool brackets = host.host.find(':') != std::string::npos;
  return (brackets ? '[' + host.host + ']' : host.host) + ':' + std::to_string(*host.port);
}

}  // namespace holter::base

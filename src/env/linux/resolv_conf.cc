#include "env/linux/resolv_conf.h"

#include <algorithm>
#include <optional>

namespace holter::env_linux {
namespace {

constexpr std::string_view kBlanks = " \t\r";

// The next word of `line`, which is taken off it.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

std::optional<base::IpAddress> address_of(std::string_view text,
                                          const std::function<std::uint32_t(const std::string&)>& zone_of) {
  if (auto plain = base::IpAddress::parse(text)) return *plain;
  const auto percent = text.find('%');
  if (percent == text.npos) return std::nullopt;
  const std::uint32_t zone = zone_of(std::string(text.substr(percent + 1)));
  if (zone == 0) return std::nullopt;
  const auto zoned = base::IpAddress::parse(std::string(text.substr(0, percent)) + '%' + std::to_string(zone));
  if (!zoned) return std::nullopt;
  return *zoned;
}

}  // namespace

std::vector<base::IpAddress> parse_resolv_conf(std::string_view text,
                                               const std::function<std::uint32_t(const std::string&)>& zone_of) {
  std::vector<base::IpAddress> resolvers;
  while (!text.empty() && resolvers.size() < kMaxResolvers) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (take_word(line) != "nameserver") continue;
    const auto address = address_of(take_word(line), zone_of);
    if (address && std::ranges::find(resolvers, *address) == resolvers.end()) resolvers.push_back(*address);
  }
  return resolvers;
}

}  // namespace holter::env_linux

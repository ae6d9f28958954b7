// The name servers of resolv.conf(5). Pure; the text is a file of the host and may hold anything.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxResolvers = 8;

// The addresses of the "nameserver" lines in their order, each once; lines that hold no address are left out.
// `zone_of` gives the index of an interface by its name ("fe80::1%eth0"), 0 for an unknown one.
std::vector<base::IpAddress> parse_resolv_conf(std::string_view text,
                                               const std::function<std::uint32_t(const std::string&)>& zone_of);

}  // namespace holter::env_linux

// The words for an ICMP error's type and code (RFC 792, RFC 4443), as they stand in results and errors. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ip.h"

namespace holter::env {

std::string_view icmp_error_words(base::IpAddress::Family family, std::uint8_t type, std::uint8_t code);

}  // namespace holter::env

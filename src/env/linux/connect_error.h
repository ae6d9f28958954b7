// Why a TCP connection did not come about, in the words of the ICMP error that ended it. The kernel folds such errors
// into a handful of errnos ("No route to host" for a firewall's "administratively prohibited"), but keeps the message
// itself for a socket that asks for it (IP_RECVERR, ip(7)). It must stop asking once the connection stands: there the
// same option turns a passing error of a router into the end of the connection. Loop's thread.
#pragma once

#include <optional>

#include "base/ip.h"
#include "base/result.h"

namespace holter::env_linux {

enum class IcmpErrors : bool { ignored, kept };

void set_icmp_errors(int fd, base::IpAddress::Family family, IcmpErrors errors);

// The newest error kept for `fd`: "administratively prohibited from 192.0.2.254". Empty when there is none.
std::optional<base::Error> take_icmp_error(int fd, base::IpAddress::Family family);

}  // namespace holter::env_linux

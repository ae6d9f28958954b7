// The address of this host that datagrams to another would leave from, by the kernel's routes. Nothing is sent.
#pragma once

#include "base/ip.h"
#include "base/result.h"

namespace holter::env_linux {

base::Result<base::IpAddress> source_for(const base::IpAddress& destination);

}  // namespace holter::env_linux

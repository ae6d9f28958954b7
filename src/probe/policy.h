// Policy is where no probe of this host may go, whoever asks for it: a hub, a list, a redirect, a name that points
// there. It is held against the address at the moment that a socket would send to it, after every resolution. It is
// read from the own configuration alone. Pure values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip_prefix.h"

namespace holter::probe {

inline constexpr std::size_t kMaxDenied = 1'024;

// The addresses at which clouds tell a machine, and whoever speaks through it, its own secrets.
std::vector<base::IpPrefix> metadata_addresses();

struct Policy {
  std::vector<base::IpPrefix> deny = metadata_addresses();
  // Whether a plan may name Unix sockets and files of this host. Absent: an own plan may, that of a hub may not.
  std::optional<bool> local = {};

  // ErrorKind::permission, in words, when nothing may be sent there.
  base::Result<void> check(const base::IpAddress& address) const;

  friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace holter::probe

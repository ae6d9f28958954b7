#include "probe/policy.h"

#include <algorithm>

namespace holter::probe {

std::vector<base::IpPrefix> metadata_addresses() {
  std::vector<base::IpPrefix> addresses;
  for (const auto* text : {"169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "fd00:ec2::/64"}) {
    addresses.push_back(base::IpPrefix::parse(text).value());
  }
  return addresses;
}

base::Result<void> Policy::check(const base::IpAddress& address) const {
  const auto denied =
      std::ranges::find_if(deny, [&address](const base::IpPrefix& prefix) { return prefix.contains(address); });
  if (denied == deny.end()) return {};
  return base::Error{base::ErrorKind::permission, "this host's policy denies probes to " + to_string(*denied) +
                                                      " ([policy] deny): " + to_string(address)};
}

}  // namespace holter::probe

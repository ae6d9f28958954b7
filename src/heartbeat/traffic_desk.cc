#include "heartbeat/traffic_desk.h"

namespace holter::heartbeat {

void TrafficDesk::set_expected(const std::vector<ExpectedSession>& expected) {
  names_.clear();
  for (const ExpectedSession& session : expected) {
    for (const base::IpAddress& address : session.traffic) names_.emplace(address, session.name);
  }
}

void TrafficDesk::hear(const std::vector<base::IpAddress>& addresses, LinkIndex link) {
  Sign sign;
  sign.way = record::Way::traffic;
  sign.authentication = kAwaited;
  for (const base::IpAddress& address : addresses) {
    const auto name = names_.find(address);
    if (name == names_.end()) continue;
    presence_.on_sign(name->second, sign, {{address, 0}, record::Way::traffic, 0, link});
  }
}

}  // namespace holter::heartbeat

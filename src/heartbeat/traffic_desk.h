// TrafficDesk turns what the capture heard, addresses, into signs of life of the sessions that have them in the
// settings. That is the operator's word, and no proof: a sign by traffic is of the session that the settings name, and
// never touches one that a key proves. One thread, that of the presence loop; the presence outlives it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/ip.h"
#include "heartbeat/presence.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {

class TrafficDesk {
 public:
  explicit TrafficDesk(Presence& presence) : presence_(presence) {}

  void set_expected(const std::vector<ExpectedSession>& expected);
  // Frames from these addresses came over `link`. One that nobody has is passed over: the settings have changed.
  void hear(const std::vector<base::IpAddress>& addresses, LinkIndex link);

 private:
  Presence& presence_;
  std::unordered_map<base::IpAddress, std::string> names_;
};

}  // namespace holter::heartbeat

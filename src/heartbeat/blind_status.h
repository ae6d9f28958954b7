// BlindStatus is what people and the API see of a blind time while it lasts: why no session over an interface is
// judged.
#pragma once

#include <string>

#include "base/time.h"

namespace holter::heartbeat {

struct BlindStatus {
  std::string interface;
  std::string why;  // "eth0 has no carrier"
  base::WallTime since;
  std::size_t sessions = 0;  // that are not judged

  friend bool operator==(const BlindStatus&, const BlindStatus&) = default;
};

}  // namespace holter::heartbeat

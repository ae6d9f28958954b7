// Hearing is what sessions that are heard by their traffic depend on: whether frames of other hosts reach this holter
// at all. While they do not, silence proves nothing, and none of these sessions is judged. Plain value.
#pragma once

#include <string>

#include "heartbeat/sign.h"

namespace holter::heartbeat {

// Stands for the capture where a link is meant: sessions that are awaited by their traffic depend on it, beside the
// interface that they were heard over.
inline constexpr LinkIndex kCaptureLink = UINT32_MAX;

struct Hearing {
  LinkIndex link = 0;  // the interface that is captured
  std::string interface = {};
  std::string deaf = {};  // why nobody is heard: "nothing is captured on eth0: it is down"; empty: they are
  bool alone = false;     // no other host is on it

  friend bool operator==(const Hearing&, const Hearing&) = default;
};

}  // namespace holter::heartbeat

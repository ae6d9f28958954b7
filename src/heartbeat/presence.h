// Presence is what every way in needs of the presence river: a place to say what was heard, and a call back for what is
// to be sent. HeartbeatListener implements it; all ways run on its loop. One thread.
#pragma once

#include <functional>
#include <string_view>

#include "heartbeat/sign.h"

namespace holter::heartbeat {

class Presence {
 public:
  virtual ~Presence() = default;

  // A name has 1 to 255 bytes. False when it is new and there is no room for it.
  virtual bool on_sign(std::string_view name, const Sign& sign, const Path& from) = 0;
  // Asks and acks of sessions that are heard by this way go to `send`, until it is replaced by an empty one. An ack is
  // sent when what it confirms is durable.
  virtual void set_way(record::Way way, std::function<void(const Reply&)> send) = 0;
};

}  // namespace holter::heartbeat

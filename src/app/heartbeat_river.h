// The presence river: a HeartbeatListener on a loop of its own. Reports its sessions every second while there are any.
#pragma once

#include <vector>

#include "app/news.h"
#include "app/river.h"
#include "heartbeat/listener.h"

namespace holter::app {

class HeartbeatRiver {
 public:
  // `log` and `news` outlive it. `known` are the newest changes of the sessions from before. Says in `news` (StartNews
  // "heartbeat") where it listens, or why it cannot.
  static base::Result<std::unique_ptr<HeartbeatRiver>> start(env::Log& log, heartbeat::ListenerOptions options,
                                                             std::vector<record::PulseChange> known, NewsBox& news);

 private:
  HeartbeatRiver(std::unique_ptr<River> river, heartbeat::ListenerOptions options,
                 std::vector<record::PulseChange> known, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
};

}  // namespace holter::app

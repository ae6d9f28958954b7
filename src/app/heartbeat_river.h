// The presence river: a HeartbeatListener on a loop of its own. Reports its sessions every second while there are any.
// Its acks say that a message is on the disk: it asks by a number in a box of the main loop, whose answer is confirm().
#pragma once

#include <vector>

#include "app/heartbeat_plan.h"
#include "app/news.h"
#include "app/river.h"
#include "app/traffic.h"
#include "heartbeat/line_listener.h"
#include "heartbeat/ping_desk.h"

namespace holter::app {

using Numbers = env::Mailbox<std::uint64_t>;
inline constexpr std::size_t kWaitingNumbers = 16;  // one is out at a time

using KeyChanges = env::Mailbox<heartbeat::Keys>;
using Certificates = env::Mailbox<env::TlsPem>;
using Expectations = env::Mailbox<std::vector<heartbeat::ExpectedSession>>;
using PingSigns = env::Mailbox<heartbeat::PingSign>;

class HeartbeatRiver {
 public:
  // `log` and `news` outlive it. Says in `news` (StartNews "heartbeat" and "lines") where it listens, or why it cannot.
  // Clients of the ancestor that cannot be heard are a problem in `news`, and no end.
  static base::Result<std::unique_ptr<HeartbeatRiver>> start(env::Log& log, HeartbeatPlan plan, NewsBox& news,
                                                             Numbers ask_durable);
  // What was in `news` before this number was asked about is durable. Any thread.
  void confirm(std::uint64_t number) { durable_.post(number); }
  // Shown to whoever connects from now on. Any thread.
  void set_certificate(env::TlsPem pem) { certificates_.post(std::move(pem)); }
  // What a ping URL said; false when there is no room. Any thread.
  bool ping(heartbeat::PingSign sign) { return pings_.post(std::move(sign)); }
  // Replaces the sessions that are expected. Any thread.
  void set_expected(std::vector<heartbeat::ExpectedSession> expected) { expected_.post(std::move(expected)); }
  // Where the capture says whom it hears, and whether it does. Any thread.
  TrafficBox traffic() const { return traffic_; }
  // The keys that hold from now on. Any thread.
  void set_keys(heartbeat::Keys keys) { keys_.post(std::move(keys)); }

 private:
  HeartbeatRiver(std::unique_ptr<River> river, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
  Numbers durable_;
  Expectations expected_;
  KeyChanges keys_;
  Certificates certificates_;
  PingSigns pings_;
  TrafficBox traffic_;
};

}  // namespace holter::app

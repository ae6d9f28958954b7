// The presence river: a HeartbeatListener on a loop of its own. Reports its sessions every second while there are any.
// Its acks say that a message is on the disk: it asks by a number in a box of the main loop, whose answer is confirm().
#pragma once

#include <vector>

#include "app/news.h"
#include "app/river.h"
#include "compat/heartbeat_adapter.h"
#include "config/settings.h"
#include "heartbeat/listener.h"

namespace holter::app {

using Numbers = env::Mailbox<std::uint64_t>;
inline constexpr std::size_t kWaitingNumbers = 16;  // one is out at a time

using KeyChanges = env::Mailbox<heartbeat::Keys>;
using Expectations = env::Mailbox<std::vector<heartbeat::ExpectedSession>>;

// Clients of the ancestor, heard on the same loop.
struct CompatWish {
  bool enabled = false;
  std::string refusal;    // why it cannot be; empty: it can
  std::string interface;  // empty: all
  compat::HeartbeatAdapterOptions adapter;
};

class HeartbeatRiver {
 public:
  // `log` and `news` outlive it. `known` are the newest changes of the sessions from before. Says in `news` (StartNews
  // "heartbeat") where it listens, or why it cannot.
  // `loop` has raw sockets and frames when `compat` is enabled; clients of the ancestor that cannot be heard are a
  // problem in `news`, and no end.
  static base::Result<std::unique_ptr<HeartbeatRiver>> start(env::Log& log, env_linux::LoopOptions loop,
                                                             heartbeat::ListenerOptions options, CompatWish compat,
                                                             std::vector<heartbeat::ExpectedSession> expected,
                                                             std::vector<record::PulseChange> known, NewsBox& news,
                                                             Numbers ask_durable);
  // What was in `news` before this number was asked about is durable. Any thread.
  void confirm(std::uint64_t number) { durable_.post(number); }
  // Replaces the sessions that are expected. Any thread.
  void set_expected(std::vector<heartbeat::ExpectedSession> expected) { expected_.post(std::move(expected)); }
  // The keys that hold from now on. Any thread.
  void set_keys(heartbeat::Keys keys) { keys_.post(std::move(keys)); }

 private:
  HeartbeatRiver(std::unique_ptr<River> river, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
  Numbers durable_;
  Expectations expected_;
  KeyChanges keys_;
};

// As the settings want it.
heartbeat::ListenerOptions listener_options(const config::Settings& settings);
CompatWish compat_wish(const config::CompatHeartbeatSettings& settings, const std::string& no_broker);
std::vector<heartbeat::ExpectedSession> expected_sessions(const config::Settings& settings);

}  // namespace holter::app

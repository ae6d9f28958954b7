// HeartbeatAdapter lets unmodified clients of the heartbeats ancestor speak to the presence river: a SegmentPort, and
// HeartbeatHub between it and the Presence. Their sessions are ordinary sessions of Way::segment.
//
// Runs on the loop of the Presence, which outlives it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "compat/heartbeat_hub.h"
#include "compat/segment_port.h"
#include "heartbeat/presence.h"

namespace holter::compat {

struct HeartbeatAdapterOptions {
  std::vector<std::string> interfaces;
  std::uint16_t port = kHeartbeatPort;
  std::uint16_t reply_port = kPulsePort;
  // Each segment of a client, before it is judged.
  std::function<void(const HeartbeatSegment&)> observe = {};
};

struct AdapterCounters {
  HubCounters hub;
  std::uint64_t damaged = 0;
  std::uint64_t dropped = 0;
  std::uint64_t pulses_sent = 0;
  std::uint64_t send_failures = 0;
};

class HeartbeatAdapter {
 public:
  static base::Result<std::unique_ptr<HeartbeatAdapter>> open(env::Env env, HeartbeatAdapterOptions options,
                                                              heartbeat::Presence& presence);
  ~HeartbeatAdapter();
  HeartbeatAdapter(const HeartbeatAdapter&) = delete;
  HeartbeatAdapter& operator=(const HeartbeatAdapter&) = delete;

  // In tasks of the caller's, who awaits their end before destroying this.
  void run_in(env::TaskGroup& tasks) { port_->run_in(tasks); }
  AdapterCounters counters();

 private:
  HeartbeatAdapter(env::Env env, HeartbeatAdapterOptions options, heartbeat::Presence& presence);

  void on_segment(const HeartbeatSegment& segment);
  void ask(const heartbeat::Reply& reply);
  void say(std::string_view what, const HeartbeatSegment& segment) const;

  env::Env env_;
  HeartbeatAdapterOptions options_;
  heartbeat::Presence& presence_;
  HeartbeatHub hub_;
  std::unique_ptr<SegmentPort> port_;
  std::uint64_t pulses_sent_ = 0;
  std::uint64_t send_failures_ = 0;
};

}  // namespace holter::compat

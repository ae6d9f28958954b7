// HeartbeatCaller speaks to one server of the ancestor as its client does: it sends messages, and answers the server's
// pulses by itself for as long as it runs. One loop. Whoever made it awaits say() and its tasks before destroying it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "compat/heartbeat_voice.h"
#include "compat/segment_port.h"

namespace holter::compat {

struct HeartbeatCallerOptions {
  base::IpAddress hub;  // IPv4
  std::uint16_t port = kHeartbeatPort;
  std::uint16_t pulse_port = kPulsePort;
  std::function<void()> on_pulse = {};                          // the server asks
  std::function<void(base::Result<void> sent)> on_answer = {};  // it was answered
  std::function<void(const HeartbeatSegment&)> observe = {};    // each segment of the server to this host
};

class HeartbeatCaller {
 public:
  // A server whose kernel has not answered the SYN for so long is not waited for.
  static constexpr base::Duration kResetTime = base::Duration::seconds(1);
  // Pulses that come faster are not answered, so that nobody is flooded through a client.
  static constexpr base::Duration kAnswerSpacing = base::Duration::milliseconds(100);

  // Fails when there is no way to the server, or without privilege.
  static base::Result<std::unique_ptr<HeartbeatCaller>> open(env::Env env, HeartbeatCallerOptions options);

  // In tasks of the caller's, who awaits their end before destroying this.
  void run_in(env::TaskGroup& tasks) { port_->run_in(tasks); }
  // All three segments are sent. ErrorKind::timeout: they were, and nothing was heard of the server.
  env::Task<base::Result<void>> say(std::string text);
  const base::IpAddress& own() const { return voice_.own().address; }

 private:
  HeartbeatCaller(env::Env env, HeartbeatCallerOptions options, const HeartbeatVoice& voice);

  void on_segment(const HeartbeatSegment& segment);
  env::Task<base::Result<void>> reset_after(std::uint64_t before);

  env::Env env_;
  HeartbeatCallerOptions options_;
  HeartbeatVoice voice_;
  std::unique_ptr<SegmentPort> port_;
  env::Signal reset_;
  std::uint64_t resets_ = 0;
  base::Instant may_answer_;
};

}  // namespace holter::compat

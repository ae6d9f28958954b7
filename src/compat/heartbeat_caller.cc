#include "compat/heartbeat_caller.h"

namespace holter::compat {

HeartbeatCaller::HeartbeatCaller(env::Env env, HeartbeatCallerOptions options, const HeartbeatVoice& voice)
    : env_(env), options_(std::move(options)), voice_(voice), reset_(env.executor) {}

base::Result<std::unique_ptr<HeartbeatCaller>> HeartbeatCaller::open(env::Env env, HeartbeatCallerOptions options) {
  const auto own = env.network.source_for(options.hub);
  if (!own) return own.error();
  const auto interface = interface_towards(env.host, options.hub, *own);
  if (!interface) return interface.error();
  const HeartbeatVoice voice({*own, random_port(env.random)}, {options.hub, options.port}, options.pulse_port);
  std::unique_ptr<HeartbeatCaller> caller(new HeartbeatCaller(env, std::move(options), voice));
  HeartbeatCaller* self = caller.get();
  auto port = SegmentPort::open(env, {{*interface}, {self->options_.port, self->options_.pulse_port}},
                                [self](const HeartbeatSegment& segment) { self->on_segment(segment); });
  if (!port) return port.error();
  self->port_ = std::move(*port);
  return caller;
}

void HeartbeatCaller::on_segment(const HeartbeatSegment& segment) {
  if (options_.observe && segment.from.address == options_.hub) options_.observe(segment);
  switch (voice_.hear(segment)) {
    case HeartbeatVoice::Heard::nothing: return;
    case HeartbeatVoice::Heard::reset:
      ++resets_;
      reset_.notify();
      return;
    case HeartbeatVoice::Heard::pulse: break;
  }
  const base::Instant now = env_.clock.now();
  if (now < may_answer_) return;
  may_answer_ = now + kAnswerSpacing;
  if (options_.on_pulse) options_.on_pulse();
  // The server's kernel is there, so there is no reset to wait for.
  const auto sent = port_->send(options_.hub, voice_.say(kHeartbeatText));
  if (options_.on_answer) options_.on_answer(sent);
}

env::Task<base::Result<void>> HeartbeatCaller::say(std::string text) {
  const MessagePackets packets = voice_.say(text);
  const std::uint64_t before = resets_;
  if (auto sent = port_->send(options_.hub, packets[0]); !sent) co_return sent;
  auto reset = reset_after(before);
  const auto answered = co_await env::with_deadline(env_.clock, env_.clock.now() + kResetTime, std::move(reset));
  for (std::size_t i = 1; i < packets.size(); ++i) {
    if (auto sent = port_->send(options_.hub, packets[i]); !sent) co_return sent;
  }
  co_return answered;
}

env::Task<base::Result<void>> HeartbeatCaller::reset_after(std::uint64_t before) {
  while (resets_ == before) co_await reset_.wait();
  co_return base::Result<void>();
}

}  // namespace holter::compat

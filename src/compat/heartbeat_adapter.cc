#include "compat/heartbeat_adapter.h"

#include "base/untrusted_text.h"

namespace holter::compat {
namespace {

constexpr std::string_view kComponent = "heartbeat";
constexpr std::size_t kMaxTextSaid = 256;  // bytes of a text in a line of the log

}  // namespace

HeartbeatAdapter::HeartbeatAdapter(env::Env env, HeartbeatAdapterOptions options, heartbeat::Presence& presence)
    : env_(env), options_(std::move(options)), presence_(presence), hub_(options_.port, options_.reply_port) {}

HeartbeatAdapter::~HeartbeatAdapter() { presence_.set_way(record::Way::segment, {}); }

base::Result<std::unique_ptr<HeartbeatAdapter>> HeartbeatAdapter::open(env::Env env, HeartbeatAdapterOptions options,
                                                                       heartbeat::Presence& presence) {
  std::unique_ptr<HeartbeatAdapter> adapter(new HeartbeatAdapter(env, std::move(options), presence));
  HeartbeatAdapter* self = adapter.get();
  auto port = SegmentPort::open(env, {self->options_.interfaces, {self->options_.port}},
                                [self](const HeartbeatSegment& segment) { self->on_segment(segment); });
  if (!port) return port.error();
  self->port_ = std::move(*port);
  presence.set_way(record::Way::segment, [self](const heartbeat::Reply& reply) { self->ask(reply); });
  return adapter;
}

void HeartbeatAdapter::on_segment(const HeartbeatSegment& segment) {
  if (segment.to.port != options_.port) return;
  say("received", segment);
  if (options_.observe) options_.observe(segment);
  const auto heard = hub_.hear(segment);
  if (heard) presence_.on_sign(heard->name, heard->sign, heard->path);
}

void HeartbeatAdapter::ask(const heartbeat::Reply& reply) {
  if (reply.kind != heartbeat::Reply::Kind::ask) return;
  const base::IpAddress& client = reply.path.peer.address;
  base::IpAddress own;
  if (reply.path.via == 0) {
    const auto source = env_.network.source_for(client);
    if (source) own = *source;
  }
  const auto packets = hub_.pulse(reply, own, random_port(env_.random));
  const auto sent = port_->send(client, packets);
  if (sent) {
    ++pulses_sent_;
    for (const auto& packet : packets) {
      const auto segment = parse_segment(packet, static_cast<std::uint32_t>(packet.size()), wire::LinkType::raw_ip);
      if (segment) say("sent", *segment);
    }
    return;
  }
  ++send_failures_;
  env_.log.warn(kComponent, "cannot send a pulse", {{"to", base::to_string(client)}, {"why", sent.error().message}});
}

void HeartbeatAdapter::say(std::string_view what, const HeartbeatSegment& segment) const {
  if (!env_.log.enabled(env::LogLevel::debug, kComponent)) return;
  env_.log.debug(kComponent, "segment",
                 {{"way", what},
                  {"from", segment.from},
                  {"to", segment.to},
                  {"flags", static_cast<unsigned>(segment.flags)},
                  {"sequence", segment.sequence},
                  {"bytes", segment.packet_bytes()},
                  {"text", base::UntrustedText(segment.text.substr(0, kMaxTextSaid))}});
}

AdapterCounters HeartbeatAdapter::counters() {
  return {hub_.counters(), port_->damaged(), port_->dropped(), pulses_sent_, send_failures_};
}

}  // namespace holter::compat

#include "compat/heartbeat_voice.h"

#include "wire/transport/tcp.h"

namespace holter::compat {

MessagePackets HeartbeatVoice::say(std::string_view text) {
  MessagePackets packets = message_packets(own_, hub_, sequence_, text);
  sequence_ += packets.size();
  return packets;
}

HeartbeatVoice::Heard HeartbeatVoice::hear(const HeartbeatSegment& segment) const {
  if (segment.from.address != hub_.address || segment.to.address != own_.address) return Heard::nothing;
  if (segment.to.port == pulse_port_) {
    return segment.flags == wire::kTcpAck && !segment.text.empty() ? Heard::pulse : Heard::nothing;
  }
  const bool of_mine = segment.from.port == hub_.port && segment.to.port == own_.port;
  return of_mine && (segment.flags & wire::kTcpRst) != 0 ? Heard::reset : Heard::nothing;
}

}  // namespace holter::compat

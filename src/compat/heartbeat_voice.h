// HeartbeatVoice is the ancestor's client on the wire, pure: it numbers and makes the segments of each message, and
// says what a segment that came in is to it. One port for as long as it speaks; numbers go on from message to message.
#pragma once

#include "compat/heartbeat_segments.h"

namespace holter::compat {

class HeartbeatVoice {
 public:
  // Both addresses are IPv4. `hub.port` is where it speaks to, `pulse_port` where it is asked.
  HeartbeatVoice(const base::Endpoint& own, const base::Endpoint& hub, std::uint16_t pulse_port)
      : own_(own), hub_(hub), pulse_port_(pulse_port) {}

  // Sent in this order, the second after the reset of the first.
  MessagePackets say(std::string_view text);

  enum class Heard : std::uint8_t {
    nothing,
    reset,  // the hub's kernel answered: it is there
    pulse,  // the hub asks
  };
  Heard hear(const HeartbeatSegment& segment) const;

  const base::Endpoint& own() const { return own_; }
  const base::Endpoint& hub() const { return hub_; }

 private:
  base::Endpoint own_;
  base::Endpoint hub_;
  std::uint16_t pulse_port_;
  std::uint32_t sequence_ = 1;
};

}  // namespace holter::compat

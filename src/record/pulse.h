// What the presence river remembers: changes of a heartbeat session's state and messages its client sent. Single
// pulses are not recorded; only what they change. States and diagnostics are RFC 5880's words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/untrusted_text.h"

namespace holter::record {

enum class SessionState : std::uint8_t {
  init = 0,        // heard once, not yet confirmed; or restored after a restart
  up = 1,
  pulsing = 2,     // silent past the detection time, being asked
  down = 3,        // given up
  admin_down = 4,  // closed by its client (TERMINATE)
  blind = 5,       // the observer doubts itself and judges nobody
};

enum class Diagnostic : std::uint8_t {
  none = 0,
  first_message = 1,
  detection_time_expired = 2,
  gave_up = 3,
  answered = 4,         // a pulse or message came while pulsing
  terminated = 5,       // the client said TERMINATE
  reopened = 6,         // the next message after down or admin_down
  restored = 7,         // read from the store after a restart
  observer_blind = 8,   // the own host was suspended, lagging or cut off
};

std::string_view to_string(SessionState state);
std::string_view to_string(Diagnostic diagnostic);

struct PulseChange {
  base::UntrustedText session;  // the client's name
  std::string peer;             // "192.0.2.7:40112", where it was last heard from
  base::WallTime at;
  base::Instant at_instant;
  SessionState from = SessionState::init;
  SessionState to = SessionState::init;
  Diagnostic diagnostic = Diagnostic::none;
  std::uint32_t asked = 0;      // pulses asked so far in this silence
  base::Duration interval;      // as announced
  base::Duration silent_for;    // since the last pulse or message

  friend bool operator==(const PulseChange&, const PulseChange&) = default;
};

struct PulseMessage {
  base::UntrustedText session;
  std::string peer;
  base::WallTime at;
  base::Instant at_instant;
  base::UntrustedText text;

  friend bool operator==(const PulseMessage&, const PulseMessage&) = default;
};

}  // namespace holter::record

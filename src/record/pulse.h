// What the presence river remembers: changes of a heartbeat session's state and messages its client sent. Single
// pulses are not recorded; only what they change. States and diagnostics are RFC 5880's words.
//
// A session is known by its name and by whether a key proves it: one that says its name without the key of that name
// is another session.
#pragma once

#include <cstddef>
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
inline constexpr std::size_t kSessionStates = 6;

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
  failed = 9,           // the client said itself that it failed
  late = 10,            // its schedule was missed
  moved = 11,           // heard from another address; the state stays
  gave_way = 12,        // over and unauthenticated, it is forgotten for a new one; the state stays
};

// How a session is heard.
enum class Way : std::uint8_t {
  datagram = 0,  // a pulse over UDP
  line = 1,      // a line of text over TCP
  ping = 2,      // an HTTP ping URL
  traffic = 3,   // frames of the host, seen by the capture
  segment = 4,   // the wire protocol of the heartbeats ancestor
};

// What proves that a session is who it says.
enum class Authentication : std::uint8_t {
  none = 0,      // nothing: shown as unauthenticated
  loopback = 1,  // it is on this host
  key = 2,
};

std::string_view to_string(SessionState state);
std::string_view to_string(Diagnostic diagnostic);
std::string_view to_string(Way way);
std::string_view to_string(Authentication authentication);

struct PulseChange {
  base::UntrustedText session;  // the client's name
  std::string peer;             // "192.0.2.7:40112", where it was last heard from
  base::WallTime at;
  base::Instant at_instant;
  SessionState from = SessionState::init;
  SessionState to = SessionState::init;
  Diagnostic diagnostic = Diagnostic::none;
  std::uint32_t asked = 0;      // pulses asked so far in this silence: k of N
  base::Duration interval;      // as announced
  base::Duration silent_for;    // since the last pulse or message
  Way way = Way::datagram;
  Authentication authentication = Authentication::loopback;
  std::uint32_t detect_multiplier = 0;  // as announced; 0: with no interval, or not known
  std::uint32_t asks = 0;               // N; 0: it cannot be asked, or not known
  // Of a failure, in its client's words; of a move, the address before; of lateness, when it was due.
  base::UntrustedText reason;

  friend bool operator==(const PulseChange&, const PulseChange&) = default;
};

// Of a session's newest message, in lists of what goes on now: as much as a pulse or a line can bear. A ping bears
// more, and its record has all of it; there may be a million sessions.
inline constexpr std::size_t kShownMessageBytes = 1'200;

struct PulseMessage {
  base::UntrustedText session;
  std::string peer;
  base::WallTime at;
  base::Instant at_instant;
  base::UntrustedText text;
  Way way = Way::datagram;
  Authentication authentication = Authentication::loopback;

  friend bool operator==(const PulseMessage&, const PulseMessage&) = default;
};

}  // namespace holter::record

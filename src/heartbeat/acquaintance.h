// Acquaintance is what the SessionTable knows of the sender of a datagram, as the Gate has to know it. Plain value.
#pragma once

namespace holter::heartbeat {

struct Acquaintance {
  bool session = false;      // a session of this name and proof is there
  bool incarnation = false;  // and has heard this incarnation
  bool address = false;      // and hears it from this address and port
  bool room = true;          // or there is none, and one may be opened
};

}  // namespace holter::heartbeat

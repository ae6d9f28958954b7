// LinkNeighbours are the devices at the other end of the cable, as LLDP (IEEE 802.1AB) and CDP name them: told when one
// comes, and when it is lost, because it says so (a time to live of 0) or its time to live passed in silence. One that
// is first heard within its own time to live after the watch began was there before: no change. At most
// kMostNeighbours. Pure; one thread.
#pragma once

#include <map>
#include <string>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

class LinkNeighbours {
 public:
  // From here on; whoever was known has its time to live anew.
  void begin(base::PacketTime at);
  void observe_lldp(const Sight& sight, Teller& teller);
  void observe_cdp(const Sight& sight, Teller& teller);
  void advance(base::PacketTime now, Teller& teller);

 private:
  struct Key {
    const char* protocol;  // of the two constants
    std::string chassis;
    std::string port;

    auto operator<=>(const Key&) const = default;
  };
  struct Hello {
    Key key;
    std::string system;  // its name
    base::Duration holds;
  };
  struct Neighbour {
    std::string subject;
    base::Duration holds;
    base::PacketTime until;
  };

  void hear(const Hello& hello, base::PacketTime at, Teller& teller);

  std::map<Key, Neighbour> neighbours_;
  base::PacketTime begun_;
};

}  // namespace holter::changes

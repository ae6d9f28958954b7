// VirtualRouters know which router speaks for each VRRP group (versions 2 and 3, RFC 9568): a takeover moves no address
// and no MAC, so nothing else would show it. Told when another router sends the group's advertisements than before;
// when the former one goes on beside it, that is told once, and both may speak from then on. The first sight is no
// change. At most kMostGroups. Pure; one thread.
#pragma once

#include <map>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

inline constexpr std::uint8_t kIpprotoVrrp = 112;

class VirtualRouters {
 public:
  void observe(const Sight& sight, Teller& teller);

 private:
  struct Key {
    Segment segment;
    bool v4 = true;
    std::uint8_t group = 0;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Speaker {
    base::IpAddress address;
    base::PacketTime heard;
  };
  struct Group {
    Speaker current;
    Speaker former;
    base::PacketTime moved;
    bool shared = false;  // both speak
  };

  static void hear(const Key& key, Group& group, const Speaker& speaker, Teller& teller);

  std::map<Key, Group> groups_;
};

}  // namespace holter::changes

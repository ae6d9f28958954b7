// VirtualRouters know which router speaks for each group of VRRP (versions 2 and 3, RFC 9568), CARP (which shares
// VRRP's number), HSRP (versions 1 and 2) and GLBP (its gateway that assigns): a takeover moves no address and no MAC,
// so nothing else would show it. Told when another router sends the group's advertisements, or the active one's hellos,
// than before; when the former one goes on beside it, that is told once, and both may speak from then on. The first
// sight is no change. At most kMostGroups. Pure; one thread.
#pragma once

#include <map>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

inline constexpr std::uint8_t kIpprotoVrrp = 112;
inline constexpr std::uint16_t kGlbpPort = 3'222;

class VirtualRouters {
 public:
  void observe_vrrp(const Sight& sight, Teller& teller);
  void observe_hsrp(const Sight& sight, Teller& teller);
  void observe_glbp(const Sight& sight, Teller& teller);

 private:
  enum class Kind : std::uint8_t { vrrp, carp, hsrp, hsrp_2, glbp };
  struct Key {
    Segment segment;
    Kind kind = Kind::vrrp;
    bool v4 = true;
    std::uint64_t group = 0;

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

  static std::string name(const Key& key);
  static void hear(const Key& key, Group& group, const Speaker& speaker, Teller& teller);
  // Who sent the frame speaks for this group.
  void observe(Kind kind, std::uint64_t number, const Sight& sight, Teller& teller);

  std::map<Key, Group> groups_;
};

}  // namespace holter::changes

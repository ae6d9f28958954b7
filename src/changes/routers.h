// Routers are those that advertise themselves over IPv6 (RFC 4861, 6): told when one comes, changes what it says
// (prefixes, flags, lifetime, DNS servers of RFC 8106), retires (a lifetime of 0) or falls silent beyond its lifetime.
//
// A router advertises itself at least once in its lifetime, so one that is first heard within it after the watch began
// was there before: no change. What it says may be spread over several advertisements: nothing is new in the first
// kFirstAdvertisements, and gone is what kMissedAdvertisements in a row left out. Lifetimes of prefixes may count down;
// only 0 means something. At most kMostRouters with kMostOfRouter prefixes and servers each. Pure; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

class Routers {
 public:
  // From here on; whoever was known has its lifetime anew.
  void begin(base::PacketTime at);
  void observe(const Sight& sight, Teller& teller);
  void advance(base::PacketTime now, Teller& teller);

 private:
  struct Item {
    std::string words;    // how it is advertised: "on link, autonomous"
    unsigned missed = 0;  // advertisements since
  };
  using Items = std::map<std::string, Item>;  // "prefix 2001:db8::/64", "DNS server 2001:db8::53"
  struct Said {
    std::map<std::string, std::string> flags;  // "lifetime" -> "1800 s"
    Items items;
    std::uint64_t lifetime = 0;
  };
  struct Router {
    Said said;
    unsigned heard = 0;
    base::PacketTime until;
  };
  struct Differences {
    std::string before;
    std::string after;

    void add(const std::string& name, const std::string& was, const std::string& is);
    bool empty() const { return after.empty(); }
  };
  using Key = std::pair<Segment, base::IpAddress>;

  static Said read(const Sight& sight);
  static Differences compare_items(Items& known, const Items& now, bool settled, Teller& teller);
  void meet(const Key& key, const Said& said, base::PacketTime at, Teller& teller);

  std::map<Key, Router> routers_;
  base::PacketTime begun_;
};

}  // namespace holter::changes

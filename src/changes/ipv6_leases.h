// Ipv6Leases are the addresses and prefixes that DHCPv6 servers give (RFC 8415), as the REPLY to a client says them: a
// lease is one identity association, of addresses (IA_NA), temporary ones (IA_TA) or delegated prefixes (IA_PD). Told
// when a client gets its first one, after it was seen asking, when addresses, prefixes or server are others than
// before, and when the last one is withdrawn (a valid lifetime of 0). Another lifetime is told when a second REPLY says
// the same, for some servers count it down. What a client gets again is no change, and neither is a renewal of one that
// was not seen before, nor what the same server's REPLY to a renewal leaves out while it is valid. At most kMostLeases
// associations with kMostOfLease addresses each; one that a relay stands before is seen where the relay answers it.
// Pure; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

class Ipv6Leases {
 public:
  // The addresses that the frame gives.
  std::vector<base::IpAddress> observe(const Sight& sight, Teller& teller);
  void advance(base::PacketTime now);

 private:
  struct Association {
    std::uint64_t type = 0;  // code of its option
    std::uint64_t id = 0;    // chosen by the client

    auto operator<=>(const Association&) const = default;
  };
  struct Offer {
    Association association;
    std::map<std::string, base::Duration> valid;  // "2001:db8::7", "2001:db8:7::/56"
    std::vector<base::IpAddress> addresses;

    base::Duration time() const;  // the longest
  };
  struct Device {
    std::string duid;
    std::string words;  // the MAC that the DUID is made of, or its bytes
  };
  struct Message {
    std::uint64_t type = 0;
    std::uint64_t status = 0;
    Device client;
    Device server;
    std::string name;
    std::vector<Offer> offers;
  };
  struct Lease {
    std::map<std::string, base::PacketTime> until;  // what was given
    Device server;
    base::Duration time;
    base::Duration next_time;  // of the newest REPLY, until a second one says the same
    base::PacketTime asked;
    base::PacketTime heard;
    bool known = false;
    bool asks = false;  // since the newest REPLY: it begins anew
  };
  struct Key {
    Segment segment;
    std::string client;
    Association association;

    auto operator<=>(const Key&) const = default;
  };

  static Message read(const Sight& sight);
  static std::string words(const Lease& lease);
  static std::string subject(const Key& key, const Message& message);
  // Whether other addresses or prefixes are given than before; `anew`: nothing else holds any more.
  static bool take(Lease& lease, const Offer& offer, bool anew, base::PacketTime at, Teller& teller);
  static void reply(const Key& key, Lease& lease, const Message& message, const Offer& offer, const Sight& sight,
                    Teller& teller);
  Lease* find(const Key& key, base::PacketTime at, Teller& teller);

  std::map<Key, Lease> leases_;
  base::PacketTime cleaned_;
};

}  // namespace holter::changes

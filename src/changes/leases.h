// Leases are the IPv4 addresses that DHCP servers give (RFC 2131), as a client's ACK says it: told when a client gets
// its first one, after it was seen asking, and when address, server or router are others than before. Another lease
// time is told when a second ACK says the same, for some servers count it down and others begin with a short one. What
// a client gets again is no change, and neither is a renewal of one that was not seen before. At most kMostLeases
// clients; one that a relay stands before is seen where the relay answers it. Pure; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "changes/sight.h"
#include "changes/teller.h"

namespace holter::changes {

// What a server gave, where it matters to others.
struct GivenLease {
  Segment segment;
  base::IpAddress address;
  std::vector<base::IpAddress> routers;
};

class Leases {
 public:
  // The lease when the frame gives one.
  std::optional<GivenLease> observe(const Sight& sight, Teller& teller);
  void advance(base::PacketTime now);

 private:
  struct Terms {
    base::IpAddress address;
    base::IpAddress server;
    std::vector<base::IpAddress> routers;
    base::Duration time;
  };
  struct Message {
    std::uint64_t type = 0;
    wire::MacAddress client{};
    std::string name;
    Terms terms;
  };
  struct Client {
    std::optional<Terms> terms;
    base::Duration next_time;  // of the newest ACK, until a second one says the same
    base::PacketTime asked;
    base::PacketTime heard;
  };
  using Key = std::pair<Segment, wire::MacAddress>;

  static Message read(const Sight& sight);
  static std::string words(const Terms& terms);
  Client* find(const Key& key, base::PacketTime at, Teller& teller);
  static void acknowledge(const Key& key, Client& client, const Message& message, base::PacketTime at, Teller& teller);

  std::map<Key, Client> clients_;
  base::PacketTime cleaned_;
};

}  // namespace holter::changes

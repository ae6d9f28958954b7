// HeardHosts notices which of the hosts that somebody waits for have sent a frame: the hot path of presence by traffic.
//
// A host is heard when a frame that this host received is from its address: IPv4 and IPv6, or an ARP announcement.
// Frames that this host sends prove nobody, and neither do those with a bad header checksum. However many frames a host
// sends, it is told once in its `spacing` at most, and its last frame is never left out: it is told when its turn
// comes. observe() costs one lookup, and nothing while nobody is waited for. Pure; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "env/frames.h"
#include "wire/packet.h"

namespace holter::capture {

struct AwaitedHost {
  base::IpAddress address;
  base::Duration spacing;

  friend bool operator==(const AwaitedHost&, const AwaitedHost&) = default;
};

class HeardHosts {
 public:
  // Replaces whom is waited for. Of those that stay, what was heard and is not told yet is kept.
  void await(const std::vector<AwaitedHost>& hosts);
  bool awaits_nobody() const { return hosts_.empty(); }

  void observe(const wire::Packet& packet, env::FrameDirection direction);

  // Who is not told yet.
  bool heard_somebody() const { return !heard_.empty(); }
  // Those that were heard and whose turn has come.
  std::vector<base::IpAddress> take(base::Instant now);
  // When take() has somebody; empty while nobody is heard.
  std::optional<base::Instant> next_turn() const;

 private:
  struct Key {
    std::array<std::uint64_t, 2> words{};  // as in wire::Packet
    bool v4 = false;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Host {
    base::IpAddress address;
    base::Duration spacing;
    base::Instant turn;
    bool heard = false;
  };

  static Key key_of(const base::IpAddress& address);
  const Host* find(const base::IpAddress& address) const;

  std::vector<Host> hosts_;
  std::unordered_map<Key, std::uint32_t, Hash> numbers_;  // into hosts_
  std::vector<std::uint32_t> heard_;                      // each once
};

}  // namespace holter::capture

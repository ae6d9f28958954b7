// NearHops is what traces tell each other: which routers were met at which hop on the way to a part of the network
// (IPv4: /16, IPv6: /48), and whether all branches there are known. Near hops are on the way to very many targets; the
// traces need not all ask them, and could not, since routers limit what they answer (RouterPace).
//
// A claim keeps many traces from each asking a part of what one of them needs to know all of: who holds the claim of a
// router that limits asks it to the end, and the others take over what it found.
//
// Holds kMaxParts hops, each for kFreshFor; the stale make room, and what finds none is not shared. Pure; one loop.
#pragma once

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace holter::probe {

class NearHops {
 public:
  static constexpr std::size_t kMaxParts = 65'536;
  static constexpr base::Duration kFreshFor = base::Duration::minutes(5);

  struct Known {
    std::vector<base::IpAddress> routers;  // at most record::kMaxBranches
    bool complete = false;
    base::Instant at;
  };

  void learn(const base::IpAddress& target, std::uint8_t ttl, const base::IpAddress& router, base::Instant now);
  // All its branches are known.
  void learn_complete(const base::IpAddress& target, std::uint8_t ttl, base::Instant now);
  // Null: nobody was there lately.
  const Known* at(const base::IpAddress& target, std::uint8_t ttl, base::Instant now) const;

  // True for who holds the claim now, which may be the asker.
  bool claim(const base::IpAddress& router, const void* who);
  void release(const void* who);

  std::size_t size() const { return parts_.size(); }

 private:
  using Part = std::pair<base::IpAddress, std::uint8_t>;
  static Part part_of(const base::IpAddress& target, std::uint8_t ttl);

  std::map<Part, Known> parts_;
  std::unordered_map<base::IpAddress, const void*> claims_;
};

}  // namespace holter::probe

// A path is what a trace found between this host and its target: hop by hop the routers that answered, with their round
// trips, their MPLS labels (RFC 4950) and what they said. A hop has several branches where routers share traffic among
// equal ways. Plain values; whatever is in them came from peers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace holter::record {

inline constexpr std::size_t kMaxHops = 64;
inline constexpr std::size_t kMaxBranches = 16;   // of one hop
inline constexpr std::size_t kMaxMplsLabels = 8;  // of one branch
inline constexpr std::uint32_t kMaxMplsLabel = 0xf'ffff;

// One router of a hop, or the target. Without answers of its own when the hop was taken over from the trace to another
// target.
struct Branch {
  base::IpAddress address;
  std::uint32_t answered = 0;
  base::Duration rtt_min = {};
  base::Duration rtt_avg = {};
  base::Duration rtt_max = {};
  std::uint8_t icmp_type = 0;  // of its newest answer; 0: the target's, which is none of ICMP's errors
  std::uint8_t icmp_code = 0;
  std::vector<std::uint32_t> labels = {};  // outermost first

  friend bool operator==(const Branch&, const Branch&) = default;
};

// It said unreachable, of whatever sort. The target says so of a port that is closed, and is reached with it.
bool ends_way(const Branch& branch);

struct Hop {
  std::uint8_t ttl = 0;
  std::uint32_t sent = 0;
  bool shared = false;           // known from the trace to another target, and not asked again
  std::vector<Branch> branches;  // none: silent

  friend bool operator==(const Hop&, const Hop&) = default;
};

enum class PathEnd : std::uint8_t {
  untraced = 0,
  reached = 1,      // the target answered
  unreachable = 2,  // a router said that there is no way
  silent = 3,       // nobody answers beyond the last hop
  loop = 4,
  too_long = 5,    // as many hops as were allowed
  unfinished = 6,  // the time was over
};

std::string_view to_string(PathEnd end);

struct Path {
  std::vector<Hop> hops;  // from ttl 1 on, each once
  PathEnd end = PathEnd::untraced;

  friend bool operator==(const Path&, const Path&) = default;
};

}  // namespace holter::record

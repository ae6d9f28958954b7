// How a probe announces its packets, and what a capture says of them. An announcement is made before the packet is sent
// (capture/probe_packets.h says why that is enough); nothing of this is remembered as it is: what was seen becomes
// facts of the result. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "record/probe_result.h"

namespace holter::record {

// One run of a probe; or its looks between two runs.
struct ProbeRun {
  std::uint64_t number = 0;  // within this process, from 1
  std::string probe;
  ProbeKind kind = ProbeKind::icmp;
};

inline constexpr std::uint8_t kTcpProtocol = 6;
inline constexpr std::uint8_t kUdpProtocol = 17;

// Packets that leave for `remote`, and what comes back: errors that quote them too.
struct AwaitedPackets {
  std::shared_ptr<const ProbeRun> run = {};
  std::uint8_t ip_protocol = 0;
  base::Endpoint remote = {};    // of an ICMP echo: its sequence in the place of the port
  std::uint16_t local_port = 0;  // of an ICMP echo: its identifier. TCP, 0: not known yet, of the first SYN to `remote`
  std::uint32_t place = 0;       // among the announcements of the run, from 0
  std::uint32_t of = 0;          // how many requests the run has; 0: one, or nobody knows
  bool timed = true;             // whoever announced it wants to know when the first left and when the first came back
  base::PacketTime from = {};    // nothing earlier belongs to it
  base::PacketTime until = {};   // nor anything later
};

// When the first packet left and the first came back, by the kernel's stamps; what was not seen has no time.
struct ProbeSighting {
  std::uint64_t run = 0;
  std::uint32_t place = 0;
  std::uint16_t local_port = 0;
  base::PacketTime left;
  std::optional<base::PacketTime> came;

  friend bool operator==(const ProbeSighting&, const ProbeSighting&) = default;
};

// Of one interface.
struct ProbeSightings {
  std::string interface;
  bool lost = false;  // the kernel had no room for frames since the ones before
  std::vector<ProbeSighting> seen;
};

}  // namespace holter::record

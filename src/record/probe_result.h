// The outcome of one active measurement. A probe never averages, retries or judges "up": it says what happened, how
// long each phase took, and where it failed. Units: nanoseconds in Duration; ratios 0..1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "record/fact.h"
#include "record/path.h"
#include "record/transcript.h"

namespace holter::record {

enum class ProbeKind : std::uint8_t { icmp = 0, dns = 1, tcp = 2, http = 3, udp = 4, ntp = 5, trace = 6, https = 7 };
// All of them, in the order in which people are told of them.
inline constexpr std::array kProbeKinds = {ProbeKind::icmp, ProbeKind::trace, ProbeKind::tcp, ProbeKind::udp,
                                           ProbeKind::http, ProbeKind::https, ProbeKind::dns, ProbeKind::ntp};

// The stages of a measurement, in order. A failure names the phase it happened in.
enum class Phase : std::uint8_t { resolve = 0, connect = 1, tls = 2, first_byte = 3, transfer = 4 };
inline constexpr std::size_t kPhaseCount = 5;

enum class Outcome : std::uint8_t {
  ok = 0,
  timeout = 1,         // nothing came back before the deadline
  refused = 2,         // the target said no (RST, port unreachable)
  unreachable = 3,     // a router or the own host said there is no way
  resolve_failed = 4,  // the name has no address
  bad_answer = 5,      // something came back that is not an answer to this probe
  not_permitted = 6,   // this host does not let holter send it
  skipped = 7,         // not sent: the one before was still running, or the host was suspended
  unexpected = 8,      // a whole answer, but not as the plan expects it
};

std::string_view to_string(ProbeKind kind);
std::string_view to_string(Phase phase);
std::string_view to_string(Outcome outcome);

struct ProbeResult {
  std::string probe;  // the plan's name for it: "gateway", "resolver-1"
  ProbeKind kind = ProbeKind::icmp;
  base::UntrustedText target;  // as the plan wrote it
  std::string address;         // the address that was asked; empty when it was never known
  base::WallTime started;
  base::Instant started_instant;
  Outcome outcome = Outcome::ok;
  Phase failed_in = Phase::first_byte;  // meaningful unless outcome is ok
  std::optional<base::Duration> rtt;    // RFC 2681; present when an answer came
  bool kernel_stamped = false;          // rtt is between kernel stamps, not user-space clock readings
  std::array<std::optional<base::Duration>, kPhaseCount> phases;
  base::UntrustedText detail;  // in words: "port unreachable from 192.0.2.1", "NXDOMAIN"
  Facts facts = {};            // what the answer was
  Transcript transcript = {};  // what went over the wire
  Path path = {};              // of a trace
  Path path_before = {};       // of a trace that found the path changed: as it was known until then

  friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

}  // namespace holter::record

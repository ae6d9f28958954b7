// What a trace can be told.
#pragma once

#include <array>

#include "probe/option.h"
#include "probe/trace/table.h"

namespace holter::probe {

inline constexpr std::uint16_t kTraceUdpPort = 33'434;  // the first; each flow has its own
inline constexpr std::uint16_t kTraceTcpPort = 80;
inline constexpr std::uint16_t kTraceFlows = 200;  // more than any trace has

struct TraceOptions : Way {
  TraceProtocol protocol = TraceProtocol::udp;
  std::optional<std::uint16_t> port;  // of the target, the first one for UDP; absent: as usual
  bool one_flow = false;
  std::uint32_t rounds = 3;
  bool mtu = false;
  std::optional<bool> memory;  // absent: where the interval is kMemoryInterval or longer

  // Where the first flow goes to; 0 for ICMP.
  std::uint16_t first_port() const;
  bool remembers(base::Duration interval) const;
  Wrong mistake() const;
};

// Plans that are run so seldom keep their path known in between.
inline constexpr base::Duration kMemoryInterval = base::Duration::seconds(10);

Wrong read_trace_protocol(const std::string& value, TraceOptions& into);
Wrong read_trace_port(const std::string& value, TraceOptions& into);
Wrong read_trace_rounds(const std::string& value, TraceOptions& into);

inline constexpr auto kTraceOptions = std::to_array<Option<TraceOptions>>({
    {{"protocol", "WORD", "What to send: udp (default), icmp or tcp"}, read_trace_protocol},
    {{"port", "PORT", "The target's port: of tcp (default 80), of udp the first, one for each flow (default 33434)"},
     read_trace_port},
    option<&TraceOptions::one_flow>({"one_flow", "", "Follow one flow, and look for no branches"}),
    {{"rounds", "N", "How many answers of a hop that is asked with one flow (default 3)"}, read_trace_rounds},
    option<&TraceOptions::mtu>({"mtu", "", "Find the path's MTU as well, with udp or icmp"}),
    option<&TraceOptions::memory>(
        {"memory", "", "Once the path is known, look with a packet a second whether it holds (default from 10s on)"}),
});

}  // namespace holter::probe

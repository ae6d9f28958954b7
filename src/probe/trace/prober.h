// TraceEngine is the trace prober: Paris traceroute over UDP (default) or ICMP, without any privilege: the kernel hands
// over ICMP errors by the error queue of ordinary sockets. One socket for all traces that go out the same way, of each
// family and protocol; TraceTable tells whose answer an arrival is, TraceCourse what it means and what to ask next.
// What all traces learn of routers they share (RouterPace, NearHops). One loop; must outlive the probes it runs.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "env/env.h"
#include "probe/option.h"
#include "probe/trace/memory.h"
#include "probe/trace/table.h"

namespace holter::probe {

inline constexpr std::uint16_t kTracePort = 33'434;  // the first; each flow has its own

struct TraceOptions : Way {
  TraceProtocol protocol = TraceProtocol::udp;
  std::uint16_t port = kTracePort;
  bool one_flow = false;
  std::uint32_t rounds = 3;
  bool mtu = false;
  std::optional<bool> memory;  // absent: where the interval is kMemoryInterval or longer
};

// Plans that are run so seldom keep their path known in between.
inline constexpr base::Duration kMemoryInterval = base::Duration::seconds(10);
inline constexpr std::size_t kMaxMemories = record::kMaxPlanEntries;

Wrong read_trace_protocol(const std::string& value, TraceOptions& into);
Wrong read_trace_port(const std::string& value, TraceOptions& into);
Wrong read_trace_rounds(const std::string& value, TraceOptions& into);

inline constexpr auto kTraceOptions = std::to_array<Option<TraceOptions>>({
    {{"protocol", "WORD", "What to send: udp (default) or icmp"}, read_trace_protocol},
    {{"port", "PORT", "The first port for udp, one for each flow (default 33434)"}, read_trace_port},
    option<&TraceOptions::one_flow>({"one_flow", "", "Follow one flow, and look for no branches"}),
    {{"rounds", "N", "How many answers of a hop that is asked with one flow (default 3)"}, read_trace_rounds},
    option<&TraceOptions::mtu>({"mtu", "", "Find the path's MTU as well"}),
    option<&TraceOptions::memory>(
        {"memory", "", "Once the path is known, look with a packet a second whether it holds (default from 10s on)"}),
});

class TraceEngine {
 public:
  explicit TraceEngine(env::Env env);
  ~TraceEngine();

  env::Task<record::ProbeResult> probe(record::ProbePlan plan);
  // Ends the receiving; probes must have ended before.
  env::Task<void> stop();

 private:
  struct Shared;   // what traces learn, and who waits
  struct Channel;  // one socket
  struct Running;  // one trace under way
  struct Asker;    // what all traces of one probe have in common

  base::Result<std::shared_ptr<Channel>> channel(base::IpAddress::Family family, const TraceOptions& options);
  env::Task<void> receive_loop(Channel& channel);
  void consider(Channel& channel, const env::Arrival& arrival, base::Duration wall_offset);
  void let_others_ask(std::size_t most);
  void ask_more(Running& running);
  base::Result<void> send(Running& running, std::uint32_t ask, std::uint8_t ttl, std::uint16_t flow,
                          std::uint32_t packet_bytes);
  env::Task<void> follow(Running& running, base::Instant deadline);
  env::Task<void> trace_whole(Asker& asker);
  env::Task<void> find_mtu(Asker& asker);
  env::Task<bool> look(Asker& asker, PathMemory& memory, base::Duration interval);
  env::Task<void> remember(Asker& asker, PathMemory& memory);
  std::shared_ptr<PathMemory> memory_of(const record::ProbePlan& plan, const base::IpAddress& target);

  env::Env env_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Channel>> channels_;
  std::map<std::pair<std::string, base::IpAddress>, std::shared_ptr<PathMemory>> memories_;  // by probe and target
  env::TaskGroup loops_;
};

}  // namespace holter::probe

// EchoEngine is the icmp prober: one socket for all echo probes of an agent that go out the same way, of each family;
// what comes back is matched by EchoTable. It uses a raw socket where there is a broker to open it, else the kernel's
// unprivileged ping socket where net.ipv4.ping_group_range allows one. RTT is between kernel stamps. One loop; must
// outlive the probes it runs.
#pragma once

#include <memory>
#include <string>

#include "env/env.h"
#include "probe/icmp/options.h"
#include "probe/icmp/table.h"
#include "record/probe_plan.h"

namespace holter::probe {

class EchoEngine {
 public:
  explicit EchoEngine(env::Env env);
  ~EchoEngine();

  env::Task<record::ProbeResult> probe(record::ProbePlan plan);
  // Which sockets are in use, in words for the banner: "raw", "unprivileged", "none: why".
  std::string describe();
  // Ends the receiving; probes must have ended before.
  env::Task<void> stop();

 private:
  struct Channel;  // one socket
  struct Waiting;  // one probe that waits

  base::Result<std::shared_ptr<Channel>> channel(base::IpAddress::Family family, const EchoOptions& options);
  base::Result<void> open(Channel& channel);
  env::Task<void> receive_loop(Channel& channel);
  void consider(Channel& channel, const env::Arrival& arrival);
  void on_message(Channel& channel, const env::Arrival& arrival);
  void on_queued_error(Channel& channel, const env::Arrival& arrival);
  void fail(Channel& channel, EchoTable::Serial serial, base::Error error, std::uint32_t mtu);
  env::Task<record::ProbeResult> exchange(record::ProbeResult result, EchoOptions options, base::Duration timeout,
                                          base::IpAddress target);
  env::Task<base::Result<void>> send_all(Waiting& waiting, base::IpAddress target, EchoOptions options);
  env::Task<void> await_end(Waiting& waiting, base::Instant deadline);
  static void tell_steps(const Waiting& waiting, const base::IpAddress& target, record::ProbeResult& result);

  env::Env env_;
  std::uint16_t id_;
  std::vector<std::shared_ptr<Channel>> channels_;
  env::TaskGroup loops_;
};

}  // namespace holter::probe

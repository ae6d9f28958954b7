// Announcer tells captures of packets before they are sent: probers say which, the Announcer who they are for and until
// when they may come back. A run's packets are announced by its Announced, a value that is copied freely and says
// nothing where nobody listens. What a listener has no room for it counts itself; the probe does not wait for it.
//
// One loop; outlives the runs, not their frames.
#pragma once

#include <functional>
#include <memory>

#include "env/clock.h"
#include "probe/run_packets.h"

namespace holter::probe {

class Announcer;

class Announced {
 public:
  Announced() = default;

  // What leaves for `remote` from that port; errors about it and answers come by `deadline`, or are late.
  void datagrams(std::uint16_t local_port, const base::Endpoint& remote, base::Instant deadline) const;
  // A connection that is about to be made from that port; 0: from one that the kernel will choose.
  void connection(std::uint16_t local_port, const base::Endpoint& remote, base::Instant deadline) const;
  struct Ids {
    std::uint8_t ip_protocol = 0;
    std::uint16_t id = 0;
    std::uint16_t sequence = 0;
  };
  // An echo request: one of so many. `timed` when it is of use to know when it left and came back.
  void echo(const Ids& ids, const base::IpAddress& target, base::Instant deadline, std::uint32_t of,
            bool timed = true) const;
  // Packets of which it is of no use: a flow of a trace.
  void flow(std::uint8_t ip_protocol, std::uint16_t local_port, const base::Endpoint& remote,
            base::Instant deadline) const;
  // The run ended so.
  void ended(const record::ProbeResult& result) const;

 private:
  friend class Announcer;
  struct Run;
  explicit Announced(std::shared_ptr<Run> run) : run_(std::move(run)) {}
  void announce(record::AwaitedPackets awaited, base::Instant deadline) const;

  std::shared_ptr<Run> run_;
};

class Announcer {
 public:
  using Listener = std::function<void(const record::AwaitedPackets&)>;

  explicit Announcer(env::Clock& clock) : clock_(clock) {}
  Announcer(const Announcer&) = delete;
  Announcer& operator=(const Announcer&) = delete;

  // Called from within the prober's sending.
  void set_listener(Listener listener) { listener_ = std::move(listener); }
  // The packets of a run that begins; says nothing where nobody listens.
  Announced begin(const std::string& probe, record::ProbeKind kind);
  // What is known of them, and the results that wait for it.
  RunPackets& packets() { return packets_; }

 private:
  friend class Announced;

  env::Clock& clock_;
  Listener listener_;
  std::uint64_t last_ = 0;
  RunPackets packets_;
};

}  // namespace holter::probe

// TraceCarrier carries the questions of walks to the network and their answers back, over UDP and ICMP without any
// privilege: the kernel hands over ICMP errors by the error queue of ordinary sockets. TCP takes a raw socket of the
// broker's, of which the kernel shows nothing but what comes to the traces' own ports. One socket for all traces that
// go out the same way, of each family and protocol; TraceTable tells whose answer an arrival is. What all traces learn
// of routers they share.
//
// At most kMaxChannels sockets; those that nobody uses make room. One loop; must outlive the walks that it carries.
#pragma once

#include <memory>
#include <vector>

#include "env/env.h"
#include "probe/announcer.h"
#include "probe/trace/neighbours.h"
#include "probe/trace/options.h"
#include "probe/trace/pace.h"
#include "probe/trace/walk.h"

namespace holter::probe {

struct TraceKnowledge {
  RouterPace pace;
  NearHops near;
};

class TraceCarrier {
 public:
  static constexpr std::size_t kMaxChannels = 64;

  explicit TraceCarrier(env::Env env);
  ~TraceCarrier();

  // Walks hold it too: when a loop is torn down, their frames may die after the carrier.
  const std::shared_ptr<TraceKnowledge>& knowledge() const { return knowledge_; }

  struct Channel;  // one socket
  struct Road {
    std::shared_ptr<Channel> channel;
    base::IpAddress target;
    std::uint16_t port = 0;  // of the first flow
    Announced announced = {};
  };
  base::Result<Road> open(const base::IpAddress& target, const TraceOptions& options);

  struct Carried {
    std::optional<base::Error> failure;  // what could not be sent
    bool kernel_stamped = true;          // all answers were
    TracePort port = TracePort::unknown;
  };
  // Until the walk is finished, something fails, or `deadline`. The walk outlives the task.
  env::Task<Carried> carry(Road road, TraceWalk& walk, base::Instant deadline);

  // One packet of that size to the target. An error when it could not be sent; empty when nobody answered in time.
  env::Task<base::Result<std::optional<TraceReading>>> ask_size(Road road, std::uint32_t packet_bytes,
                                                                base::Instant deadline);
  // Ends the receiving; walks must have ended before.
  env::Task<void> stop();

 private:
  struct Waiting;  // for room at a router, or in the table
  struct Running;  // one walk under way

  base::Result<std::shared_ptr<Channel>> channel(Way way, base::IpAddress::Family family, TraceProtocol protocol);
  base::Result<void> open_socket(const std::shared_ptr<Channel>& channel);
  env::Task<void> receive_loop(std::shared_ptr<Channel> channel);
  void consider(Channel& channel, const env::Arrival& arrival, base::Duration wall_offset);
  void let_others_ask(std::size_t most);
  void ask_more(Running& running);
  void stand_in_line(Running& running, bool wanted);
  base::Instant next_look(const Running& running) const;
  void announce(Running& running, const base::Endpoint& to, std::uint32_t number, std::uint16_t flow);
  base::Result<void> send(Running& running, const TraceAsk& ask, std::uint32_t packet_bytes);

  env::Env env_;
  std::shared_ptr<TraceKnowledge> knowledge_;
  std::shared_ptr<Waiting> waiting_;
  std::vector<std::shared_ptr<Channel>> channels_;
  env::TaskGroup loops_;
};

}  // namespace holter::probe

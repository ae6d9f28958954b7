// HubEnd is where agents report: it listens, greets, has batches stored, acks what is durable and pushes the plan,
// saying each step in the log. The thin shell around Receiver, one for each connection. A new connection of an agent
// ends its old one. One loop; the archive is called through env.offload.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "env/env.h"
#include "uplink/archive.h"
#include "uplink/link.h"
#include "uplink/receiver.h"

namespace holter::uplink {

struct HubOptions {
  base::Endpoint listen{base::IpAddress::loopback(base::IpAddress::Family::v4), 4282};
  std::string version;
  std::size_t max_connections = 1'024;
  base::Duration write_within = base::Duration::seconds(15);
  LivenessOptions liveness;
};

// An agent that is connected and was accepted.
struct ConnectedAgent {
  Agent agent;
  base::Endpoint peer;
  base::Instant since;
  std::uint64_t records = 0;  // taken in on this connection, sent again ones included
};

class HubEnd {
 public:
  // `archive` must outlive run().
  HubEnd(env::Env env, HubOptions options, Archive& archive);
  ~HubEnd();

  // Takes the port, so that one that is taken is known before anything begins. Once, before run().
  base::Result<void> listen();
  // Accepts until cancelled; listens first when listen() was not called, an error when it cannot.
  env::Task<base::Result<void>> run();
  // Ends every connection; what the archive was doing for one is finished. Cancel run() first.
  env::Task<void> stop();
  // Pushed to every agent, now and when it connects. Same loop.
  void set_plan(record::Plan plan);
  std::vector<ConnectedAgent> agents() const;

 private:
  struct Connection;
  // The accepted connections. Shared, since a connection's frame may be destroyed after this object (with its loop).
  using Registry = std::map<base::AgentId, Connection*>;

  env::Task<void> serve(std::unique_ptr<env::ByteStream> stream);
  env::Task<base::Result<void>> converse(Connection& connection);
  env::Task<base::Result<void>> greet(Connection& connection);
  env::Task<base::Result<void>> store(Connection& connection);

  env::Env env_;
  HubOptions options_;
  Archive& archive_;
  record::Plan plan_;
  std::unique_ptr<env::Listener> listener_;
  std::shared_ptr<Registry> registry_;
  env::TaskGroup tasks_;
};

}  // namespace holter::uplink

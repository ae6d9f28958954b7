// AgentEnd keeps an agent connected to its hub: it resolves, connects, says hello, sends what the outbox has, hands
// acks back to it and plans to the agent, and tries again for ever when the hub is away, saying each step in the log.
// The thin shell around Sender. One loop; the outbox is called through env.offload.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "codec/outbox.h"
#include "env/env.h"
#include "uplink/backoff.h"
#include "uplink/link.h"
#include "uplink/sender.h"

namespace holter::uplink {

// Told both ends of each connection to the hub before its first packet leaves; what it returns is kept until the end.
using Announce = std::function<std::shared_ptr<const void>(const base::Endpoint& local, const base::Endpoint& hub)>;

struct AgentOptions {
  std::string hub_host;  // a name or an address
  std::uint16_t hub_port = 4282;
  base::AgentId agent;
  std::string name;
  std::string version;
  base::Duration connect_within = base::Duration::seconds(10);
  base::Duration write_within = base::Duration::seconds(15);
  base::Duration maintain_every = base::Duration::seconds(5);
  BackoffOptions backoff;
  SenderOptions sender;
  Announce announce = {};
};

struct AgentStatus {
  bool accepted = false;
  base::Instant since;             // of `accepted` being as it is
  base::UntrustedText reason;      // why not accepted; empty before the first try
  std::uint64_t plan_version = 0;  // 0 before the first plan
  std::uint64_t connections = 0;   // accepted so far
};

class AgentEnd {
 public:
  using PlanHandler = std::function<void(const record::Plan&)>;

  // `outbox` must outlive run().
  AgentEnd(env::Env env, AgentOptions options, codec::Outbox& outbox, PlanHandler on_plan);
  ~AgentEnd();

  // Until cancelled.
  env::Task<void> run();
  // Something new is durable in the outbox. Same loop.
  void appended();
  const AgentStatus& status() const { return status_; }

 private:
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect();
  // One connection from hello to its end; the reason why it ended.
  env::Task<base::UntrustedText> converse(std::unique_ptr<env::ByteStream> stream);
  env::Task<base::Result<void>> work(Link& link, Sender& sender);
  env::Task<base::Result<void>> look_at_outbox(Sender& sender);
  env::Task<base::Result<void>> hand_back(std::vector<AckState> acks);
  env::Task<base::Result<void>> fetch(Sender& sender);
  env::Task<base::Result<void>> maintain();
  env::Task<base::Result<void>> accept(Link& link, Sender& sender);
  void set_accepted(bool accepted, base::UntrustedText reason);

  env::Env env_;
  AgentOptions options_;
  codec::Outbox& outbox_;
  PlanHandler on_plan_;
  AgentStatus status_;
  Backoff backoff_;
  std::weak_ptr<Link> link_;               // while there is one
  std::shared_ptr<const void> announced_;  // of the connection there is, or is tried
  bool appended_ = false;
  base::Instant maintain_at_;
};

}  // namespace holter::uplink

#include "uplink/hub_end.h"

#include <algorithm>

namespace holter::uplink {
namespace {

constexpr std::string_view kLog = "uplink";
// For the peer to read why, before the connection is closed under it.
constexpr base::Duration kLinger = base::Duration::seconds(2);
constexpr base::Duration kAcceptAgain = base::Duration::seconds(1);

}  // namespace

struct HubEnd::Connection {
  Connection(const env::Env& env, const HubOptions& options, std::unique_ptr<env::ByteStream> stream)
      : link(env, std::move(stream)), receiver(options.liveness, options.version, env.clock.now()), peer(link.peer()) {}

  Link link;
  Receiver receiver;
  base::Endpoint peer;
  base::Instant since;
  std::uint64_t records = 0;
  bool superseded = false;
  bool plan_changed = false;
};

HubEnd::HubEnd(env::Env env, HubOptions options, Archive& archive)
    : env_(env),
      options_(std::move(options)),
      archive_(archive),
      registry_(std::make_shared<Registry>()),
      tasks_(env.executor) {
  options_.max_connections = std::min(options_.max_connections, env_.host.room_for_connections() / 2 + 1);
}

HubEnd::~HubEnd() = default;

base::Result<void> HubEnd::listen() {
  auto listener = env_.network.listen(options_.listen);
  if (!listener) return listener.error();
  listener_ = std::move(*listener);
  return {};
}

env::Task<base::Result<void>> HubEnd::run() {
  if (!listener_) {
    if (auto listening = listen(); !listening) co_return listening;
  }
  env_.log.info(kLog, "listening for agents", {{"on", listener_->local()}});
  for (;;) {
    auto stream = co_await listener_->accept();
    if (!stream) {
      env_.log.warn(kLog, "a connection could not be accepted", {{"reason", stream.error()}});
      const base::Instant again = env_.clock.now() + kAcceptAgain;
      co_await env_.clock.sleep_until(again);
    } else if (tasks_.running() >= options_.max_connections) {
      env_.log.warn(kLog, "too many connections of agents", {{"peer", (*stream)->peer()}});
      (*stream)->close();
    } else {
      tasks_.spawn(serve(std::move(*stream)));
    }
  }
}

env::Task<void> HubEnd::stop() {
  listener_.reset();
  co_await tasks_.stop();
}

void HubEnd::set_plan(record::Plan plan) {
  plan_ = std::move(plan);
  for (const auto& [agent, connection] : (*registry_)) {
    connection->plan_changed = true;
    connection->link.wake();
  }
}

std::vector<ConnectedAgent> HubEnd::agents() const {
  std::vector<ConnectedAgent> agents;
  for (const auto& [id, connection] : (*registry_)) {
    agents.push_back({connection->receiver.hello().agent, connection->peer, connection->since, connection->records});
  }
  return agents;
}

env::Task<void> HubEnd::serve(std::unique_ptr<env::ByteStream> stream) {
  Connection connection(env_, options_, std::move(stream));
  struct Registered {
    ~Registered() {
      std::erase_if(*registry, [this](const auto& entry) { return entry.second == connection; });
    }
    std::shared_ptr<Registry> registry;
    Connection* connection;
  } const registered{registry_, &connection};
  const auto ended = co_await converse(connection);
  const base::UntrustedText reason =
      ended ? connection.receiver.reason() : base::UntrustedText(base::to_string(ended.error()));
  if (connection.receiver.welcomed()) {
    const auto& name = connection.receiver.hello().agent.name;
    env_.log.info(kLog, "lost the agent",
                  {{"agent", name}, {"peer", connection.peer}, {"records", connection.records}, {"reason", reason}});
  } else {
    env_.log.warn(kLog, "refused a connection", {{"peer", connection.peer}, {"reason", reason}});
  }
}

env::Task<base::Result<void>> HubEnd::converse(Connection& connection) {
  Link& link = connection.link;
  Receiver& receiver = connection.receiver;
  for (;;) {
    for (Message& message : link.take()) receiver.receive(std::move(message), env_.clock.now());
    receiver.tick(env_.clock.now());
    if (connection.superseded) receiver.say_bye("the agent has a newer connection", env_.clock.now());
    if (receiver.is_greeting()) {
      if (auto greeted = co_await greet(connection); !greeted) co_return greeted;
    }
    if (std::exchange(connection.plan_changed, false)) receiver.push_plan(plan_, env_.clock.now());
    if (auto stored = co_await store(connection); !stored) {
      env_.log.error(kLog, "the hub cannot store what an agent sends", {{"reason", stored.error()}});
      receiver.say_bye("the hub cannot store: " + base::to_string(stored.error()), env_.clock.now());
    }
    auto messages = receiver.take_messages();
    if (auto written = co_await link.write(std::move(messages), options_.write_within); !written) co_return written;
    if (receiver.over()) {
      co_await link.finish(kLinger);
      co_return base::Result<void>();
    }
    if (const auto failed = link.failure()) co_return *failed;
    const base::Instant deadline = receiver.next_deadline();
    co_await link.wait(deadline);
  }
}

env::Task<base::Result<void>> HubEnd::greet(Connection& connection) {
  const Hello hello = connection.receiver.hello();
  auto durable = co_await env_.offload.run([this, &hello] { return archive_.acked(hello.agent); });
  if (!durable) {
    connection.receiver.say_bye("the hub's archive does not answer", env_.clock.now());
    co_return base::with_context("the archive", durable.error());
  }
  const auto old = registry_->find(hello.agent.id);
  if (old != registry_->end()) {
    old->second->superseded = true;
    old->second->link.wake();
  }
  (*registry_)[hello.agent.id] = &connection;
  connection.since = env_.clock.now();
  connection.receiver.welcome(std::move(*durable), plan_, env_.clock.now());
  env_.log.info(kLog, "agent accepted",
                {{"agent", hello.agent.name},
                 {"id", base::to_string(hello.agent.id)},
                 {"peer", connection.peer},
                 {"version", hello.agent.version},
                 {"epoch", hello.epoch}});
  co_return base::Result<void>();
}

env::Task<base::Result<void>> HubEnd::store(Connection& connection) {
  const std::vector<Batch> batches = connection.receiver.take_batches();
  if (batches.empty()) co_return base::Result<void>();
  const Agent agent = connection.receiver.hello().agent;
  auto durable = co_await env_.offload.run([this, &batches, &agent]() -> base::Result<AckState> {
    std::vector<record::NamedRecord> records;
    for (const Batch& batch : batches) {
      auto decoded = codec::decode_batch(batch.bytes);
      if (!decoded) return decoded.error();
      std::move(decoded->begin(), decoded->end(), std::back_inserter(records));
    }
    return archive_.store(agent, std::move(records));
  });
  if (!durable) co_return durable.error();
  for (const Batch& batch : batches) connection.records += batch.header.count;
  connection.receiver.stored(batches, std::move(*durable), env_.clock.now());
  co_return base::Result<void>();
}

}  // namespace holter::uplink

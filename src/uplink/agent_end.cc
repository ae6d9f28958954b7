#include "uplink/agent_end.h"

namespace holter::uplink {
namespace {

constexpr std::string_view kLog = "uplink";

}  // namespace

AgentEnd::AgentEnd(env::Env env, AgentOptions options, codec::Outbox& outbox, PlanHandler on_plan)
    : env_(env),
      options_(std::move(options)),
      outbox_(outbox),
      on_plan_(std::move(on_plan)),
      backoff_(options_.backoff),
      maintain_at_(env.clock.now() + options_.maintain_every) {}

AgentEnd::~AgentEnd() = default;

void AgentEnd::appended() {
  appended_ = true;
  if (const auto link = link_.lock()) link->wake();
}

void AgentEnd::set_accepted(bool accepted, base::UntrustedText reason) {
  if (status_.accepted != accepted) status_.since = env_.clock.now();
  status_.accepted = accepted;
  status_.reason = std::move(reason);
  if (accepted) ++status_.connections;
}

env::Task<void> AgentEnd::run() {
  for (;;) {
    base::UntrustedText reason;
    auto stream = co_await connect();
    if (stream) {
      reason = co_await converse(std::move(*stream));
    } else {
      reason = base::UntrustedText(base::to_string(stream.error()));
    }
    announced_.reset();
    const bool was_accepted = status_.accepted;
    set_accepted(false, reason);
    const base::Duration wait = backoff_.failed(env_.random.unit());
    env_.log.info(kLog, was_accepted ? "lost the hub" : "no connection to the hub",
                  {{"reason", reason}, {"next_try_in", wait}});
    const base::Instant next_try = env_.clock.now() + wait;
    co_await env_.clock.sleep_until(next_try);
    if (const auto done = co_await maintain(); !done) {
      env_.log.error(kLog, "the spool cannot be kept in order", {{"reason", done.error()}});
    }
  }
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> AgentEnd::connect() {
  const base::Instant deadline = env_.clock.now() + options_.connect_within;
  auto resolving = env_.network.resolve(options_.hub_host);
  const auto addresses = co_await env::with_deadline(env_.clock, deadline, std::move(resolving));
  if (!addresses) co_return base::with_context("the hub's name " + options_.hub_host, addresses.error());
  base::Error last{base::ErrorKind::not_found, "the hub's name " + options_.hub_host + " has no address"};
  for (const base::IpAddress& address : *addresses) {
    const base::Endpoint hub{address, options_.hub_port};
    auto connecting = env_.network.connect(hub, {}, [this, hub](const base::Endpoint& local) {
      if (options_.announce) announced_ = options_.announce(local, hub);
    });
    const base::Instant until = env_.clock.now() + options_.connect_within;
    auto stream = co_await env::with_deadline(env_.clock, until, std::move(connecting));
    if (stream) co_return std::move(*stream);
    const bool named = stream.error().kind != base::ErrorKind::timeout;
    last = named ? stream.error() : base::with_context("cannot connect to " + base::to_string(hub), stream.error());
  }
  co_return last;
}

env::Task<base::UntrustedText> AgentEnd::converse(std::unique_ptr<env::ByteStream> stream) {
  const auto link = std::make_shared<Link>(env_, std::move(stream));
  link_ = link;
  Hello hello;
  hello.agent = {options_.agent, base::UntrustedText(options_.name, kMaxNameBytes),
                 base::UntrustedText(options_.version, kMaxNameBytes)};
  hello.epoch = co_await env_.offload.run([this] { return outbox_.epoch(); });
  Sender sender(options_.sender, std::move(hello), env_.clock.now());
  const auto worked = co_await work(*link, sender);
  if (sender.refused()) env_.log.warn(kLog, "refused by the hub", {{"reason", sender.reason()}});
  co_return worked ? sender.reason() : base::UntrustedText(base::to_string(worked.error()));
}

env::Task<base::Result<void>> AgentEnd::work(Link& link, Sender& sender) {
  for (;;) {
    for (Message& message : link.take()) sender.receive(std::move(message), env_.clock.now());
    sender.tick(env_.clock.now());
    if (auto acks = sender.take_acks(); !acks.empty()) {
      if (auto done = co_await hand_back(std::move(acks)); !done) co_return done;
    }
    if (sender.over()) co_return base::Result<void>();
    if (auto plan = sender.take_plan()) {
      status_.plan_version = plan->version;
      env_.log.info(kLog, "plan received", {{"version", plan->version}, {"probes", plan->probes.size()}});
      on_plan_(*plan);
    }
    if (sender.accepted() && !status_.accepted) {
      if (auto done = co_await accept(link, sender); !done) co_return done;
    }
    if (sender.accepted()) {
      if (auto done = co_await look_at_outbox(sender); !done) co_return done;
    }
    if (env_.clock.now() >= maintain_at_) {
      if (auto done = co_await maintain(); !done) co_return done;
    }
    auto messages = sender.take_messages();
    if (auto written = co_await link.write(std::move(messages), options_.write_within); !written) co_return written;
    if (const auto failed = link.failure()) co_return *failed;
    if (!sender.wants()) {
      const base::Instant deadline = std::min(sender.next_deadline(), maintain_at_);
      co_await link.wait(deadline);
    }
  }
}

env::Task<base::Result<void>> AgentEnd::accept(Link& link, Sender& sender) {
  struct Standing {
    codec::Tails tails;
    std::uint64_t kept = 0;
  };
  const Standing standing = co_await env_.offload.run([this] { return Standing{outbox_.tails(), outbox_.kept()}; });
  sender.durable(standing.tails);
  set_accepted(true, {});
  backoff_.succeeded();
  env_.log.info(kLog, "accepted by hub", {{"hub", link.peer()}, {"version", sender.welcome().version}});
  env_.log.info(kLog, "resumed", {{"records_kept", standing.kept}});
  co_return base::Result<void>();
}

env::Task<base::Result<void>> AgentEnd::look_at_outbox(Sender& sender) {
  if (std::exchange(appended_, false)) {
    const codec::Tails tails = co_await env_.offload.run([this] { return outbox_.tails(); });
    sender.durable(tails);
  }
  auto fetched = co_await fetch(sender);
  co_return fetched;
}

env::Task<base::Result<void>> AgentEnd::fetch(Sender& sender) {
  const auto wanted = sender.wants();
  if (!wanted) co_return base::Result<void>();
  const Fetch fetch = *wanted;
  const base::WallTime now = env_.clock.wall_now();
  auto batches = co_await env_.offload.run([this, fetch, now] {
    return outbox_.next(fetch.lane, fetch.after, fetch.limit_bytes, fetch.limit_batches, now);
  });
  if (!batches) co_return base::with_context("the spool cannot be read", batches.error());
  sender.fetched(fetch, std::move(*batches), env_.clock.now());
  co_return base::Result<void>();
}

env::Task<base::Result<void>> AgentEnd::hand_back(std::vector<AckState> acks) {
  const auto lost_end = co_await env_.offload.run([this, &acks]() -> base::Result<bool> {
    bool any = false;
    for (const AckState& ack : acks) {
      for (const auto& [key, durable] : ack.lanes) {
        const auto lost = outbox_.acknowledge(key.first, key.second, durable);
        if (!lost) return lost;
        any = any || *lost;
      }
    }
    return any;
  });
  if (!lost_end) co_return base::with_context("the spool cannot take an ack", lost_end.error());
  if (!*lost_end) co_return base::Result<void>();
  env_.log.warn(kLog, "the hub has records that this spool has lost: a new epoch begins");
  co_return base::Error{base::ErrorKind::corrupt, "the spool began a new epoch"};
}

env::Task<base::Result<void>> AgentEnd::maintain() {
  const base::WallTime now = env_.clock.wall_now();
  auto done = co_await env_.offload.run([this, now] { return outbox_.maintain(now); });
  maintain_at_ = env_.clock.now() + options_.maintain_every;
  co_return done;
}

}  // namespace holter::uplink

#include "probe/dial.h"

#include <algorithm>

#include "probe/measurement.h"

namespace holter::probe {
namespace {

using record::Direction;

struct Refusal {
  base::IpAddress address;
  base::Error error;
  base::Instant at;
};

// What the attempts of one call share. They may outlive it by one resumption.
struct Race {
  explicit Race(const boost::asio::any_io_executor& executor) : changed(executor) {}

  env::Signal changed;
  std::optional<Dialed> won;
  std::vector<Refusal> refusals;
  std::size_t told = 0;  // of them, in the transcript
  std::size_t running = 0;
};
using RacePtr = std::shared_ptr<Race>;

env::Task<void> attempt(env::Env env, RacePtr race, base::Endpoint to, env::Egress egress) {
  const base::Instant syn_at = env.clock.now();
  auto stream = co_await env.network.connect(to, std::move(egress));
  const base::Instant now = env.clock.now();
  --race->running;
  if (!stream) race->refusals.push_back({to.address, stream.error(), now});
  if (stream && !race->won) race->won = Dialed{std::move(*stream), to.address, syn_at, now};
  race->changed.notify();
}

env::Task<base::Result<void>> change(RacePtr race) {
  co_await race->changed.wait();
  co_return base::Result<void>();
}

void note_syn(const env::Env& env, record::ProbeResult& result, const base::Endpoint& to) {
  note(result, env.clock.now(), Direction::sent, "SYN to " + to_string(to));
}

void tell_refusals(Race& race, record::ProbeResult& result) {
  for (; race.told < race.refusals.size(); ++race.told) {
    const Refusal& refusal = race.refusals[race.told];
    note(result, refusal.at, Direction::noted, refusal.error.message);
  }
}

// A name whose one address refuses does so; that another is out of reach says less.
base::Error why_none(const Race& race) {
  const auto telling = [](const Refusal& r) { return r.error.kind != base::ErrorKind::unreachable; };
  auto chosen = std::ranges::find_if(race.refusals, telling);
  if (chosen == race.refusals.end()) chosen = race.refusals.begin();
  if (race.running > 0) return {base::ErrorKind::timeout, "no answer"};
  base::Error error = chosen->error;
  for (auto other = race.refusals.begin(); other != race.refusals.end(); ++other) {
    if (other != chosen) error.message += "; " + other->error.message;
  }
  return error;
}

base::Result<Dialed> ended(Race& race, record::ProbeResult& result) {
  tell_refusals(race, result);
  if (!race.won) return why_none(race);
  note(result, race.won->stands_at, Direction::came, "SYN and ACK from " + to_string(race.won->address));
  result.address = base::to_string(race.won->address);
  return std::move(*race.won);
}

env::Task<base::Result<Dialed>> dial_several(env::Env env, std::vector<base::IpAddress> addresses, std::uint16_t port,
                                             env::Egress egress, base::Instant deadline, record::ProbeResult& result) {
  const auto race = std::make_shared<Race>(env.executor);
  env::TaskGroup attempts(env.executor);
  std::size_t begun = 0;
  base::Instant next_at = env.clock.now();
  while (!race->won && env.clock.now() < deadline) {
    tell_refusals(*race, result);
    const bool more = begun < addresses.size();
    if (!more && race->running == 0) break;
    if (more && (race->running == 0 || env.clock.now() >= next_at)) {
      const base::Endpoint to{addresses[begun++], port};
      note_syn(env, result, to);
      ++race->running;
      attempts.spawn(attempt(env, race, to, egress));
      next_at = env.clock.now() + kAttemptDelay;
      continue;
    }
    auto changing = change(race);
    co_await env::with_deadline<void>(env.clock, more ? std::min(deadline, next_at) : deadline, std::move(changing));
  }
  co_await attempts.stop();
  co_return ended(*race, result);
}

env::Task<base::Result<Dialed>> dial_one(env::Env env, base::Endpoint to, env::Egress egress, base::Instant deadline,
                                         record::ProbeResult& result) {
  const base::Instant syn_at = env.clock.now();
  note_syn(env, result, to);
  auto connecting = env.network.connect(to, std::move(egress));
  auto stream =
      co_await env::with_deadline<std::unique_ptr<env::ByteStream>>(env.clock, deadline, std::move(connecting));
  if (!stream) co_return stream.error();
  const base::Instant now = env.clock.now();
  note(result, now, Direction::came, "SYN and ACK");
  co_return Dialed{std::move(*stream), to.address, syn_at, now};
}

}  // namespace

std::vector<base::IpAddress> attempt_order(const std::vector<base::IpAddress>& addresses) {
  std::vector<base::IpAddress> order = addresses;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto other = std::find_if(order.begin() + static_cast<std::ptrdiff_t>(i), order.end(),
                                    [&](const auto& a) { return a.family() != order[i - 1].family(); });
    if (other != order.end()) std::rotate(order.begin() + static_cast<std::ptrdiff_t>(i), other, other + 1);
  }
  if (order.size() > kMaxAttempts) order.resize(kMaxAttempts);
  return order;
}

env::Task<base::Result<Dialed>> dial(env::Env env, std::vector<base::IpAddress> addresses, std::uint16_t port,
                                     env::Egress egress, base::Instant deadline, record::ProbeResult& result) {
  auto order = attempt_order(addresses);
  result.address = base::to_string(order.front());
  if (order.size() == 1) return dial_one(env, {order.front(), port}, std::move(egress), deadline, result);
  return dial_several(env, std::move(order), port, std::move(egress), deadline, result);
}

}  // namespace holter::probe

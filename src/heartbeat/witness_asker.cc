#include "heartbeat/witness_asker.h"

#include "heartbeat/witness_echo.h"

namespace holter::heartbeat {
namespace {

constexpr std::size_t kBatch = 16;

}  // namespace

WitnessAsker::WitnessAsker(env::Env env, OnAnswer on_answer)
    : env_(env),
      on_answer_(std::move(on_answer)),
      secret_(env.random.next()),
      id_(static_cast<std::uint16_t>(env.random.below(0x1'0000))),
      loops_(env.executor) {}

env::DatagramSocket* WitnessAsker::socket_of(Family family) {
  Channel& channel = channels_[family];
  const base::Instant now = env_.clock.now();
  if (channel.socket || (channel.was_tried && now - channel.tried < kRetry)) return channel.socket.get();
  channel.tried = now;
  channel.was_tried = true;
  env::DatagramOptions options;
  options.local.address = base::IpAddress::any(family);
  for (const auto kind : {env::DatagramKind::icmp_echo, env::DatagramKind::icmp_raw}) {
    options.kind = kind;
    auto socket = env_.network.open_datagram(options);
    if (!socket) continue;
    channel.socket = std::move(*socket);
    loops_.spawn(receive(family, channel.socket));
    break;
  }
  return channel.socket.get();
}

bool WitnessAsker::ask(const base::IpAddress& whom) {
  env::DatagramSocket* socket = socket_of(whom.family());
  if (socket == nullptr) return false;
  const WitnessEcho echo{whom.family(), secret_, id_, ++sequence_};
  // What the own kernel refuses (no route any more) was asked in vain.
  (void)socket->send({whom, 0}, echo.request(env_.clock.now()));
  return true;
}

env::Task<void> WitnessAsker::receive(Family family, std::shared_ptr<env::DatagramSocket> socket) {
  std::vector<env::Arrival> arrivals;
  for (;;) {
    arrivals.clear();
    const auto received = co_await socket->receive(arrivals, kBatch);
    if (!received) break;
    for (const env::Arrival& arrival : arrivals) on_arrival(family, arrival);
  }
  channels_[family].socket.reset();
}

void WitnessAsker::on_arrival(Family family, const env::Arrival& arrival) {
  if (arrival.kind != env::Arrival::Kind::data) return;
  const auto rtt = witness_rtt(family, secret_, arrival.data, arrival.received_at);
  if (rtt) on_answer_(arrival.peer.address, *rtt);
}

}  // namespace holter::heartbeat

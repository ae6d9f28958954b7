#include "heartbeat/witness_asker.h"

#include "base/byte_writer.h"
#include "wire/checksum.h"
#include "wire/icmp.h"

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
  const bool v4 = whom.is_v4();
  base::ByteWriter request;
  request.u8(v4 ? wire::kIcmpEcho : wire::kIcmpv6EchoRequest);
  request.u8(0);
  request.u16(0);  // the kernel fills in the checksum for IPv6: it knows the source
  request.u16(id_);
  request.u16(++sequence_);
  request.u64(secret_);
  request.u64(static_cast<std::uint64_t>(env_.clock.now().in_nanoseconds()));
  if (v4) request.patch_u16(2, wire::internet_checksum(request.view()));
  // What the own kernel refuses (no route any more) was asked in vain.
  (void)socket->send({whom, 0}, request.view());
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
  base::ByteReader reply(arrival.data);
  const std::uint8_t type = reply.u8();
  reply.skip(7);
  const std::uint64_t secret = reply.u64();
  const auto sent = base::Instant::from_nanoseconds(static_cast<std::int64_t>(reply.u64()));
  const bool is_reply = type == (family == Family::v4 ? wire::kIcmpEchoReply : wire::kIcmpv6EchoReply);
  if (reply.failed() || !is_reply || secret != secret_) return;
  on_answer_(arrival.peer.address, arrival.received_at - sent);
}

}  // namespace holter::heartbeat

#include "probe/announced_world.h"

#include "base/url.h"

namespace holter::probe {
namespace {

class AnnouncedSocket final : public env::DatagramSocket {
 public:
  AnnouncedSocket(std::unique_ptr<env::DatagramSocket> under, env::Clock& clock, Announced announced,
                  base::Duration timeout)
      : under_(std::move(under)),
        clock_(clock),
        announced_(std::move(announced)),
        timeout_(timeout),
        port_(under_->local().port) {}

  base::Endpoint local() const override { return under_->local(); }
  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) override {
    announce(to);
    return under_->send(to, payload);
  }
  base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes payload, std::uint8_t ttl) override {
    announce(to);
    return under_->send_with_ttl(to, payload, ttl);
  }
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) override {
    return under_->receive(into, limit);
  }
  std::uint64_t dropped() const override { return under_->dropped(); }

 private:
  void announce(const base::Endpoint& to) { announced_.datagrams(port_, to, clock_.now() + timeout_); }

  std::unique_ptr<env::DatagramSocket> under_;
  env::Clock& clock_;
  Announced announced_;
  base::Duration timeout_;
  std::uint16_t port_;
};

}  // namespace

base::Result<std::unique_ptr<env::DatagramSocket>> AnnouncedNetwork::open_datagram(
    const env::DatagramOptions& options) {
  auto socket = under_.open_datagram(options);
  if (!socket || options.kind != env::DatagramKind::udp) return socket;
  return std::unique_ptr<env::DatagramSocket>(new AnnouncedSocket(std::move(*socket), clock_, announced_, timeout_));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> AnnouncedNetwork::connect(base::Endpoint to,
                                                                                    env::Egress egress, Bound bound) {
  const base::Instant deadline = clock_.now() + timeout_;
  auto announce = [announced = announced_, to, deadline, bound = std::move(bound)](const base::Endpoint& local) {
    announced.connection(local.port, to, deadline);
    if (bound) bound(local);
  };
  auto connecting = under_.connect(to, std::move(egress), std::move(announce));
  co_return co_await std::move(connecting);
}

env::Task<env::HttpExchange> AnnouncedHttp::exchange(env::HttpRequest request) {
  const auto to = base::parse_http_url(request.proxy.empty() ? request.url : request.proxy);
  if (to && request.unix_socket.empty()) {
    for (const auto& address : request.addresses) announced_.connection(0, {address, to->at.port}, request.deadline);
  }
  auto asking = under_.exchange(std::move(request));
  co_return co_await std::move(asking);
}

}  // namespace holter::probe

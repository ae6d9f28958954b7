#include "probe/policed.h"

#include <algorithm>

namespace holter::probe {
namespace {

class PolicedSocket final : public env::DatagramSocket {
 public:
  PolicedSocket(std::unique_ptr<env::DatagramSocket> under, const Policy& policy)
      : under_(std::move(under)), policy_(policy) {}

  base::Endpoint local() const override { return under_->local(); }
  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) override {
    if (auto allowed = policy_.check(to.address); !allowed) return allowed.error();
    return under_->send(to, payload);
  }
  base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes payload, std::uint8_t ttl) override {
    if (auto allowed = policy_.check(to.address); !allowed) return allowed.error();
    return under_->send_with_ttl(to, payload, ttl);
  }
  void send_all(std::span<const env::Outgoing> datagrams, std::vector<base::Result<std::uint32_t>>& results) override {
    const bool all =
        std::ranges::all_of(datagrams, [&](const auto& d) { return policy_.check(d.to.address).has_value(); });
    if (all) return under_->send_all(datagrams, results);
    env::DatagramSocket::send_all(datagrams, results);
  }
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) override {
    return under_->receive(into, limit);
  }
  std::uint64_t dropped() const override { return under_->dropped(); }

 private:
  std::unique_ptr<env::DatagramSocket> under_;
  const Policy& policy_;
};

bool names_local(const env::HttpRequest& request) {
  const env::HttpTrust& trust = request.trust;
  return !(request.unix_socket + trust.ca_file + trust.certificate + trust.key).empty();
}

env::HttpExchange refused(base::Error error) {
  env::HttpExchange exchange;
  exchange.phase = env::HttpPhase::connect;
  exchange.failure = std::move(error);
  return exchange;
}

}  // namespace

env::Task<env::HttpExchange> PolicedHttp::exchange(env::HttpRequest request) {
  const bool by_address = request.unix_socket.empty();
  base::Result<void> allowed;
  if (names_local(request) && !policy_.local.value_or(true)) {
    co_return refused(
        {base::ErrorKind::permission, "this host's policy lets no plan name its sockets and files ([policy] local)"});
  }
  if (by_address && request.addresses.empty()) {
    allowed = base::Error{base::ErrorKind::permission, "the policy cannot be held against a name without an address"};
  }
  std::erase_if(request.addresses, [&](const base::IpAddress& address) {
    const auto checked = policy_.check(address);
    if (!checked) allowed = checked.error();
    return !checked;
  });
  if (by_address && request.addresses.empty()) {
    co_return refused(allowed.error());
  }
  auto asking = under_.exchange(std::move(request));
  co_return co_await std::move(asking);
}

base::Result<std::unique_ptr<env::DatagramSocket>> Policed::open_datagram(const env::DatagramOptions& options) {
  auto socket = under_.open_datagram(options);
  if (!socket) return socket.error();
  return std::unique_ptr<env::DatagramSocket>(new PolicedSocket(std::move(*socket), policy_));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> Policed::connect(base::Endpoint to, env::Egress egress,
                                                                           Bound bound) {
  if (auto allowed = policy_.check(to.address); !allowed) co_return allowed.error();
  auto connecting = under_.connect(to, std::move(egress), std::move(bound));
  co_return co_await std::move(connecting);
}

env::Env PolicedWorld::over(const env::Env& under, env::Network& network, env::HttpClient& http) {
  return {under.clock, network,      http,      under.programs, under.frames,  under.files,
          under.host,  under.random, under.log, under.offload,  under.executor};
}

}  // namespace holter::probe

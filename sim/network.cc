#include "sim/network.h"

#include <algorithm>

#include "sim/connect_attempt.h"
#include "sim/datagram.h"
#include "sim/listener.h"

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint32_t kUser = 1'000;
constexpr base::Duration kResolveMin = base::Duration::milliseconds(1);
constexpr base::Duration kResolveMax = base::Duration::milliseconds(20);

struct Pause {
  explicit Pause(boost::asio::any_io_executor executor) : over(std::move(executor)) {}
  env::Signal over;
  bool done = false;
};

bool same_port(const DatagramPort& port, const env::DatagramOptions& options) {
  const auto& a = port.options();
  const auto& b = options;
  return a.kind == b.kind && a.local.port == b.local.port && a.local.address.family() == b.local.address.family() &&
         (a.local.address.is_any() || b.local.address.is_any() || a.local.address == b.local.address) &&
         !(a.reuse_port && b.reuse_port);
}

class PlainIdentity final : public env::TlsIdentity {
 public:
  std::string fingerprint() const override { return "00"; }
};

// Gives out again what had been read of it before.
class ResumedStream final : public env::ByteStream {
 public:
  ResumedStream(std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first)
      : under_(std::move(under)), first_(std::move(first)) {}

  base::Endpoint local() const override { return under_->local(); }
  base::Endpoint peer() const override { return under_->peer(); }
  std::optional<env::PeerCredentials> credentials() const override { return under_->credentials(); }
  env::Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    if (first_.empty()) co_return co_await under_->read_some(into);
    const std::size_t size = std::min(into.size(), first_.size());
    std::copy_n(first_.begin(), size, into.begin());
    first_.erase(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(size));
    co_return size;
  }
  env::Task<base::Result<void>> write_all(base::Bytes bytes) override { return under_->write_all(bytes); }
  void shutdown_write() override { under_->shutdown_write(); }
  void close() override { under_->close(); }

 private:
  std::unique_ptr<env::ByteStream> under_;
  std::vector<std::uint8_t> first_;
};

}  // namespace

base::Result<std::shared_ptr<const env::TlsIdentity>> HostNetwork::tls_identity(const env::TlsPem& pem) {
  if (pem.certificate.empty() || pem.private_key.empty()) return Error{ErrorKind::invalid, "no certificate in PEM"};
  return std::shared_ptr<const env::TlsIdentity>(new PlainIdentity);
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> HostNetwork::accept_tls(
    std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
    std::shared_ptr<const env::TlsIdentity> /*identity*/) {
  co_return std::unique_ptr<env::ByteStream>(new ResumedStream(std::move(under), std::move(first)));
}

env::Task<env::TlsConnection> HostNetwork::connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish /*wish*/) {
  co_return env::TlsConnection{std::move(under), env::TlsFacts{.version = "TLSv1.3"}};
}

base::Result<std::unique_ptr<env::DatagramSocket>> HostNetwork::open_datagram(const env::DatagramOptions& options) {
  const auto& local = options.local;
  const IcmpRights rights = stack_.icmp_rights();
  if (options.kind == env::DatagramKind::icmp_raw && !rights.raw) {
    return Error{ErrorKind::permission, "no raw ICMP socket without the broker"};
  }
  if (options.kind == env::DatagramKind::ipv4_raw) {
    return Error{ErrorKind::unsupported, "a simulated host sends no raw IPv4 packets"};
  }
  if (options.kind == env::DatagramKind::tcp_raw && !rights.raw) {
    return Error{ErrorKind::permission, "no raw TCP socket without the broker"};
  }
  if (options.kind == env::DatagramKind::icmp_echo && !rights.ping) {
    return Error{ErrorKind::permission, "cannot open a ping socket (see net.ipv4.ping_group_range)"};
  }
  if (!local.address.is_any() && !stack_.owns(local.address)) {
    return Error{ErrorKind::not_found, to_string(local.address) + " is not an address of this host"};
  }
  env::DatagramOptions bound = options;
  const auto taken = [&] {
    return std::ranges::any_of(stack_.datagrams, [&](const DatagramPort* port) { return same_port(*port, bound); });
  };
  if (options.kind == env::DatagramKind::udp || options.kind == env::DatagramKind::icmp_echo) {
    if (local.port != 0 && taken()) return Error{ErrorKind::busy, to_string(local) + " is in use"};
    while (local.port == 0 && (bound.local.port == 0 || taken())) bound.local.port = stack_.free_port();
  }
  return std::unique_ptr<env::DatagramSocket>(new DatagramPort(stack_, std::move(bound), executor_));
}

base::Result<base::IpAddress> HostNetwork::source_for(const base::IpAddress& destination) {
  const auto source = stack_.source_for(destination);
  if (source) return *source;
  return Error{ErrorKind::unreachable, "no address to reach " + to_string(destination) + " from"};
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> HostNetwork::connect(base::Endpoint to, env::Egress egress,
                                                                               Bound bound) {
  if (egress.source && !stack_.owns(*egress.source)) {
    co_return Error{ErrorKind::not_found, to_string(*egress.source) + " is not an address of this host"};
  }
  const auto source = egress.source ? egress.source : stack_.source_for(to.address);
  if (!source) co_return Error{ErrorKind::unreachable, "no address to reach " + to_string(to) + " from"};
  const base::Endpoint local{*source, stack_.free_port()};
  if (bound) bound(local);
  const auto attempt = std::make_shared<ConnectAttempt>(stack_, local, to, executor_);
  attempt->send_syn();
  while (!attempt->outcome) co_await attempt->answered.wait();
  if (!*attempt->outcome) co_return attempt->outcome->error();
  co_return std::unique_ptr<env::ByteStream>(new HeldStream(std::move(**attempt->outcome)));
}

base::Result<std::unique_ptr<env::Listener>> HostNetwork::listen(const base::Endpoint& local) {
  if (!local.address.is_any() && !stack_.owns(local.address)) {
    return Error{ErrorKind::not_found, to_string(local.address) + " is not an address of this host"};
  }
  base::Endpoint bound = local;
  while (bound.port == 0 || (local.port == 0 && stack_.listeners.contains(bound))) bound.port = stack_.free_port();
  if (stack_.listeners.contains(bound)) return Error{ErrorKind::busy, to_string(local) + " is in use"};
  return std::unique_ptr<env::Listener>(new ListenerPort(stack_, bound, "", process_, executor_));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> HostNetwork::connect_local(std::string path) {
  const auto found = stack_.local_listeners.find(path);
  if (found == stack_.local_listeners.end()) co_return Error{ErrorKind::not_found, path + ": nobody listens there"};
  ListenerPort& listener = *found->second;
  if (listener.full()) co_return Error{ErrorKind::would_block, path + ": too many wait to be accepted"};
  auto pair = make_stream(stack_, {}, executor_, stack_, {}, listener);
  pair.connector->credentials = env::PeerCredentials{listener.process(), kUser};
  pair.acceptor->credentials = env::PeerCredentials{process_, kUser};
  listener.offer(std::move(pair.acceptor));
  co_return std::unique_ptr<env::ByteStream>(new HeldStream(std::move(pair.connector)));
}

base::Result<std::unique_ptr<env::Listener>> HostNetwork::listen_local(const std::string& path) {
  if (stack_.local_listeners.contains(path)) return Error{ErrorKind::busy, path + " is in use"};
  return std::unique_ptr<env::Listener>(new ListenerPort(stack_, {}, path, process_, executor_));
}

env::Task<base::Result<std::vector<base::IpAddress>>> HostNetwork::resolve(std::string name) {
  if (const auto literal = base::IpAddress::parse(name)) co_return std::vector{*literal};
  co_await pause(stack_.internet().timeline().random().between(kResolveMin, kResolveMax));
  const auto* const found = stack_.internet().find_name(name);
  if (found == nullptr) co_return Error{ErrorKind::not_found, name + ": no such name"};
  co_return *found;
}

env::Task<void> HostNetwork::pause(base::Duration delay) {
  const auto pause = std::make_shared<Pause>(executor_);
  stack_.internet().timeline().after(delay, "resolved", [weak = std::weak_ptr(pause)] {
    const auto waiting = weak.lock();
    if (!waiting) return;
    waiting->done = true;
    waiting->over.notify();
  });
  while (!pause->done) co_await pause->over.wait();
}

}  // namespace holter::sim

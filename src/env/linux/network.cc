#include "env/linux/network.h"

#include "env/linux/byte_stream.h"
#include "env/linux/datagram_options.h"
#include "env/linux/listener.h"
#include "env/linux/source_address.h"
#include "env/linux/tls_identity.h"
#include "env/linux/tls_stream.h"

namespace holter::env_linux {

// The buffer is not filled with zeros: pages that no datagram reaches are never made.
Network::Network(NetworkSurroundings around)
    : around_(around), receive_buffer_(new ReceiveBuffer), tls_caller_(around.worker) {}

base::Result<std::unique_ptr<env::DatagramSocket>> Network::open_datagram(const env::DatagramOptions& options) {
  if (options.stamps && !stamp_keeper_) {
    env::DatagramOptions keeper;
    keeper.local.address = base::IpAddress::loopback(base::IpAddress::Family::v4);
    keeper.stamps = true;
    // Without it probes still work, with fewer stamps.
    if (auto fd = open_datagram_fd(keeper, nullptr)) stamp_keeper_ = std::move(*fd);
  }
  return open_datagram_socket(options, around_.executor, around_.clock, around_.raw_sockets, receive_buffer_);
}

base::Result<base::IpAddress> Network::source_for(const base::IpAddress& destination) {
  return env_linux::source_for(destination);
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> Network::connect(base::Endpoint to, env::Egress egress,
                                                                           Bound bound) {
  return connect_tcp(to, std::move(egress), std::move(bound), around_.executor);
}

base::Result<std::unique_ptr<env::Listener>> Network::listen(const base::Endpoint& local) {
  return listen_tcp(local, {around_.executor, around_.clock, around_.log});
}

base::Result<std::shared_ptr<const env::TlsIdentity>> Network::tls_identity(const env::TlsPem& pem) {
  auto identity = TlsIdentity::create(pem);
  if (!identity) return identity.error();
  return std::shared_ptr<const env::TlsIdentity>(std::move(*identity));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> Network::accept_tls(
    std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
    std::shared_ptr<const env::TlsIdentity> identity) {
  // Identities of a network are made by it alone.
  auto own = std::static_pointer_cast<const TlsIdentity>(std::move(identity));
  return env_linux::accept_tls(std::move(under), std::move(first), std::move(own), around_.worker);
}

env::Task<env::TlsConnection> Network::connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) {
  return tls_caller_.connect(std::move(under), std::move(wish));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> Network::connect_local(std::string path) {
  co_return connect_unix(path, around_.executor);
}

base::Result<std::unique_ptr<env::Listener>> Network::listen_local(const std::string& path) {
  return listen_unix(path, {around_.executor, around_.clock, around_.log});
}

env::Task<base::Result<std::vector<base::IpAddress>>> Network::resolve(std::string name) {
  return around_.resolver.resolve(std::move(name));
}

}  // namespace holter::env_linux

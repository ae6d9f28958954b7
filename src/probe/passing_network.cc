#include "probe/passing_network.h"

namespace holter::probe {

base::Result<base::IpAddress> PassingNetwork::source_for(const base::IpAddress& destination) {
  return under_.source_for(destination);
}

base::Result<std::unique_ptr<env::Listener>> PassingNetwork::listen(const base::Endpoint& local) {
  return under_.listen(local);
}

base::Result<std::shared_ptr<const env::TlsIdentity>> PassingNetwork::tls_identity(const env::TlsPem& pem) {
  return under_.tls_identity(pem);
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> PassingNetwork::accept_tls(
    std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
    std::shared_ptr<const env::TlsIdentity> identity) {
  return under_.accept_tls(std::move(under), std::move(first), std::move(identity));
}

env::Task<env::TlsConnection> PassingNetwork::connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) {
  return under_.connect_tls(std::move(under), std::move(wish));
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> PassingNetwork::connect_local(std::string path) {
  return under_.connect_local(std::move(path));
}

base::Result<std::unique_ptr<env::Listener>> PassingNetwork::listen_local(const std::string& path) {
  return under_.listen_local(path);
}

env::Task<base::Result<std::vector<base::IpAddress>>> PassingNetwork::resolve(std::string name) {
  return under_.resolve(std::move(name));
}

}  // namespace holter::probe

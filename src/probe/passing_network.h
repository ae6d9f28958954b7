// PassingNetwork is a network over another one that passes on what sends nothing to an address, for those that look at,
// or hold back, what does: datagrams and connections. One loop; outlives what is opened on it.
#pragma once

#include "env/network.h"

namespace holter::probe {

class PassingNetwork : public env::Network {
 public:
  base::Result<base::IpAddress> source_for(const base::IpAddress& destination) override;
  base::Result<std::unique_ptr<env::Listener>> listen(const base::Endpoint& local) override;
  base::Result<std::shared_ptr<const env::TlsIdentity>> tls_identity(const env::TlsPem& pem) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(
      std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
      std::shared_ptr<const env::TlsIdentity> identity) override;
  env::Task<env::TlsConnection> connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_local(std::string path) override;
  base::Result<std::unique_ptr<env::Listener>> listen_local(const std::string& path) override;
  env::Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string name) override;

 protected:
  explicit PassingNetwork(env::Network& under) : under_(under) {}

  env::Network& under_;
};

}  // namespace holter::probe

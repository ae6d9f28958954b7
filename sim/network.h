// HostNetwork is env::Network for one process on a simulated host: it opens sockets on the host's stack, connects
// streams through the internet and looks names up in the world's table.
#pragma once

#include "env/network.h"
#include "sim/stack.h"

namespace holter::sim {

inline constexpr base::Duration kConnectGivesUp = base::Duration::seconds(127);  // Linux, tcp_syn_retries 6

class HostNetwork final : public env::Network {
 public:
  HostNetwork(Stack& stack, std::uint32_t process, boost::asio::any_io_executor executor)
      : stack_(stack), process_(process), executor_(std::move(executor)) {}

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override;
  base::Result<base::IpAddress> source_for(const base::IpAddress& destination) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint to, env::Egress egress,
                                                                    Bound bound) override;
  base::Result<std::unique_ptr<env::Listener>> listen(const base::Endpoint& local) override;
  // Plain: what is written is what goes over the wire.
  base::Result<std::shared_ptr<const env::TlsIdentity>> tls_identity(const env::TlsPem& pem) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(
      std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
      std::shared_ptr<const env::TlsIdentity> identity) override;
  env::Task<env::TlsConnection> connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_local(std::string path) override;
  base::Result<std::unique_ptr<env::Listener>> listen_local(const std::string& path) override;
  env::Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string name) override;

 private:
  env::Task<void> pause(base::Duration delay);

  Stack& stack_;
  std::uint32_t process_;
  boost::asio::any_io_executor executor_;
};

}  // namespace holter::sim

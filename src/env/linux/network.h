// Network of one loop: opens the sockets and streams of the files beside this one. See env/network.h for the contract.
//
// The kernel switches receive stamps on some milliseconds after the first socket of the machine asks for them and off
// after the last one is gone, so a prober that opens a socket for each probe would lose stamps again and again. The
// network keeps one idle stamping socket from the first request on; only datagrams of those first milliseconds have
// none.
#pragma once

#include <memory>

#include "env/linux/datagram_socket.h"
#include "env/linux/raw_sockets.h"
#include "env/linux/resolver.h"
#include "env/linux/tls_caller.h"
#include "env/linux/unique_fd.h"
#include "env/log.h"
#include "env/network.h"
#include "env/offload.h"

namespace holter::env_linux {

// References outlive the network; `raw_sockets` may be null.
struct NetworkSurroundings {
  boost::asio::any_io_executor executor;
  env::Clock& clock;
  env::Log& log;
  Resolver& resolver;
  env::Offload& worker;  // for what keeps a processor busy
  RawSocketSource* raw_sockets = nullptr;
};

class Network final : public env::Network {
 public:
  explicit Network(NetworkSurroundings around);

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override;
  base::Result<base::IpAddress> source_for(const base::IpAddress& destination) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint to, env::Egress egress,
                                                                    Bound bound) override;
  base::Result<std::unique_ptr<env::Listener>> listen(const base::Endpoint& local) override;
  base::Result<std::shared_ptr<const env::TlsIdentity>> tls_identity(const env::TlsPem& pem) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(
      std::unique_ptr<env::ByteStream> under, std::vector<std::uint8_t> first,
      std::shared_ptr<const env::TlsIdentity> identity) override;
  env::Task<env::TlsConnection> connect_tls(std::unique_ptr<env::ByteStream> under, env::TlsWish wish) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_local(std::string path) override;
  base::Result<std::unique_ptr<env::Listener>> listen_local(const std::string& path) override;
  env::Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string name) override;

 private:
  NetworkSurroundings around_;
  std::shared_ptr<ReceiveBuffer> receive_buffer_;
  UniqueFd stamp_keeper_;
  TlsCaller tls_caller_;
};

}  // namespace holter::env_linux

// AnnouncedWorld is the outside world for one run of a probe: what leaves through it, datagrams over UDP, connections
// and requests, is announced before. ICMP and what goes by sockets that probes share is announced by those who send it.
// Lives in the frame of the run; what is opened on it may outlive it by its destruction.
#pragma once

#include "env/env.h"
#include "probe/announcer.h"

namespace holter::probe {

class AnnouncedNetwork final : public env::Network {
 public:
  AnnouncedNetwork(env::Network& under, env::Clock& clock, Announced announced, base::Duration timeout)
      : under_(under), clock_(clock), announced_(std::move(announced)), timeout_(timeout) {}

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint to, env::Egress egress,
                                                                    Bound bound) override;

  // Nothing of these leaves by an announced way.
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

 private:
  env::Network& under_;
  env::Clock& clock_;
  Announced announced_;
  base::Duration timeout_;
};

class AnnouncedHttp final : public env::HttpClient {
 public:
  AnnouncedHttp(env::HttpClient& under, Announced announced) : under_(under), announced_(std::move(announced)) {}

  env::Task<env::HttpExchange> exchange(env::HttpRequest request) override;

 private:
  env::HttpClient& under_;
  Announced announced_;
};

class AnnouncedWorld {
 public:
  AnnouncedWorld(const env::Env& under, const Announced& announced, base::Duration timeout)
      : network_(under.network, under.clock, announced, timeout),
        http_(under.http, announced),
        env_{under.clock, network_,     http_,     under.programs, under.frames,  under.files,
             under.host,  under.random, under.log, under.offload,  under.executor} {}
  AnnouncedWorld(const AnnouncedWorld&) = delete;
  AnnouncedWorld& operator=(const AnnouncedWorld&) = delete;

  const env::Env& env() const { return env_; }

 private:
  AnnouncedNetwork network_;
  AnnouncedHttp http_;
  env::Env env_;
};

}  // namespace holter::probe

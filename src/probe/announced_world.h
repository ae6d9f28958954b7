// AnnouncedWorld is the outside world for one run of a probe: what leaves through it, datagrams over UDP, connections
// and requests, is announced before. ICMP and what goes by sockets that probes share is announced by those who send it.
// Lives in the frame of the run; what is opened on it may outlive it by its destruction.
#pragma once

#include "env/env.h"
#include "probe/announcer.h"
#include "probe/passing_network.h"

namespace holter::probe {

class AnnouncedNetwork final : public PassingNetwork {
 public:
  AnnouncedNetwork(env::Network& under, env::Clock& clock, Announced announced, base::Duration timeout)
      : PassingNetwork(under), clock_(clock), announced_(std::move(announced)), timeout_(timeout) {}

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint to, env::Egress egress,
                                                                    Bound bound) override;

 private:
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

// Policed is a network on which the policy holds: whatever probes open on it, no datagram and no connection leaves to
// an address that is denied. PolicedHttp is the same for requests, which bring along the addresses to ask. PolicedWorld
// is the outside world with both. One loop; outlive what is opened on them.
#pragma once

#include "env/env.h"
#include "probe/passing_network.h"
#include "probe/policy.h"

namespace holter::probe {

class Policed final : public PassingNetwork {
 public:
  Policed(env::Network& under, Policy policy) : PassingNetwork(under), policy_(std::move(policy)) {}

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override;
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint to, env::Egress egress,
                                                                    Bound bound) override;

 private:
  Policy policy_;
};

class PolicedHttp final : public env::HttpClient {
 public:
  PolicedHttp(env::HttpClient& under, Policy policy) : under_(under), policy_(std::move(policy)) {}

  // Of the request's addresses those are asked that are not denied. A host that is a name must have been resolved. A
  // request that names a socket or files of this host is refused where the policy has no room for it.
  env::Task<env::HttpExchange> exchange(env::HttpRequest request) override;

 private:
  env::HttpClient& under_;
  Policy policy_;
};

class PolicedWorld {
 public:
  PolicedWorld(const env::Env& under, const Policy& policy)
      : network_(under.network, policy), http_(under.http, policy), env_(over(under, network_, http_)) {}

  const env::Env& env() const { return env_; }

 private:
  static env::Env over(const env::Env& under, env::Network& network, env::HttpClient& http);

  Policed network_;
  PolicedHttp http_;
  env::Env env_;
};

}  // namespace holter::probe

// WitnessAsker asks other hosts for a sign that the network between them and this one works: ICMP echoes (RFC 792,
// RFC 4443) over the kernel's ping socket where the host allows one, else over a raw socket by the broker. It judges
// nothing: answers go to a callback. Every request carries a secret of its own, so that nobody else's reply counts.
// One loop; what on_answer refers to outlives it.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "env/env.h"

namespace holter::heartbeat {

class WitnessAsker {
 public:
  using OnAnswer = std::function<void(const base::IpAddress& who, base::Duration rtt)>;
  // Without any socket it is tried again so much later.
  static constexpr base::Duration kRetry = base::Duration::minutes(1);

  WitnessAsker(env::Env env, OnAnswer on_answer);

  // Sends one request. False when there is no way to ask: then it was not asked.
  bool ask(const base::IpAddress& whom);
  // Ends the receiving.
  env::Task<void> stop() { co_await loops_.stop(); }

 private:
  using Family = base::IpAddress::Family;
  struct Channel {
    std::shared_ptr<env::DatagramSocket> socket;
    base::Instant tried = base::Instant::from_nanoseconds(0);
    bool was_tried = false;
  };

  env::DatagramSocket* socket_of(Family family);
  env::Task<void> receive(Family family, std::shared_ptr<env::DatagramSocket> socket);
  void on_arrival(Family family, const env::Arrival& arrival);

  env::Env env_;
  OnAnswer on_answer_;
  std::uint64_t secret_;
  std::uint16_t id_;
  std::uint16_t sequence_ = 0;
  std::map<Family, Channel> channels_;
  env::TaskGroup loops_;
};

}  // namespace holter::heartbeat

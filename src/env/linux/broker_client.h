// BrokerClient is holter's end of holter-broker: it starts the broker as a child, and asks it for raw sockets, which
// arrive over an inherited socket pair (docs/formats/broker.md). Start it before any thread, and before
// drop_privileges(): with no_new_privs the broker's file capabilities would have no effect.
//
// A request blocks at most kBrokerAnswerTime. After a broker that ended or fell silent every request fails with
// ErrorKind::closed. Any thread may ask.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.h"
#include "broker/broker_protocol.h"
#include "env/linux/raw_sockets.h"

namespace holter::env_linux {

inline constexpr base::Duration kBrokerAnswerTime = base::Duration::seconds(2);

// holter-broker beside this executable, else in ../lib/holter/ from there.
base::Result<std::string> find_broker();

class BrokerClient final : public RawSocketSource {
 public:
  // ErrorKind::permission, in words that say why and what to do, when the broker may not open raw sockets.
  static base::Result<std::unique_ptr<BrokerClient>> start(const std::string& path);
  // The broker ends with its socket; waits for it.
  ~BrokerClient() override;
  BrokerClient(const BrokerClient&) = delete;
  BrokerClient& operator=(const BrokerClient&) = delete;

  base::Result<UniqueFd> open_icmp(base::IpAddress::Family family) override;
  base::Result<UniqueFd> open_raw_v4() override;
  base::Result<UniqueFd> open_tcp(base::IpAddress::Family family) override;
  base::Result<UniqueFd> open_packet() override;

  pid_t pid() const { return pid_; }

 private:
  BrokerClient(std::string path, UniqueFd socket, pid_t pid);
  // The descriptor is empty after hello.
  base::Result<UniqueFd> ask(broker::Want want);
  base::Error refusal(const broker::Reply& reply) const;

  std::string path_;
  std::mutex mutex_;
  UniqueFd socket_;
  std::uint32_t last_number_ = 0;
  pid_t pid_;
};

}  // namespace holter::env_linux

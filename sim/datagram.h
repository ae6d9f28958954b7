// DatagramPort is a simulated datagram socket: UDP, the kernel's ping socket (the kernel owns the echo id), raw ICMP
// (sees every ICMP packet of the host) or raw TCP (sees the segments to its ports). Its receive buffer is bounded like
// a kernel's: what does not fit is lost silently.
#pragma once

#include <deque>
#include <memory>

#include "env/network.h"
#include "sim/stack.h"

namespace holter::sim {

inline constexpr std::size_t kDefaultReceiveBuffer = 212'992;

class DatagramPort final : public env::DatagramSocket {
 public:
  // `options.local` has its final address and port.
  DatagramPort(Stack& stack, env::DatagramOptions options, boost::asio::any_io_executor executor);
  ~DatagramPort() override;
  DatagramPort(const DatagramPort&) = delete;
  DatagramPort& operator=(const DatagramPort&) = delete;

  base::Endpoint local() const override { return options_.local; }
  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) override;
  base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes payload, std::uint8_t ttl) override;
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) override;

  // What the stack asks and hands over.
  bool takes_udp(const base::Endpoint& destination) const;
  bool takes_icmp(const Packet& packet) const;
  bool takes_tcp(const base::Endpoint& destination) const;
  bool sent(const Packet& packet) const;
  void deliver(const Packet& packet);
  void deliver_error(const Packet& error);
  const env::DatagramOptions& options() const { return options_; }

 private:
  // Shared with events that come back to a socket which may be gone by then.
  struct Inbox {
    explicit Inbox(boost::asio::any_io_executor executor) : arrived(std::move(executor)) {}
    std::deque<env::Arrival> arrivals;
    std::size_t bytes = 0;
    env::Signal arrived;
  };

  base::Result<Packet> packet_to(const base::Endpoint& to, base::Bytes payload) const;
  base::Result<std::uint32_t> send_packet(const base::Endpoint& to, Packet packet);
  void put(env::Arrival arrival);
  void stamp_departure(std::uint32_t number, const base::Endpoint& to);

  Stack& stack_;
  env::DatagramOptions options_;
  std::shared_ptr<Inbox> inbox_;
  std::uint32_t sends_ = 0;
};

}  // namespace holter::sim

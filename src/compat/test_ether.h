// A link between hosts for tests: whole IPv4 packets that one sends raw are frames of the other, after a kernel that
// answers each SYN with RST. Interfaces can go away. What runs on it is simulated in all else. Tests only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compat/heartbeat_segments.h"
#include "env/env.h"
#include "wire/numbers.h"
#include "wire/transport/tcp.h"

namespace holter::compat::test {

struct Ether {
  struct Tap {
    explicit Tap(const boost::asio::any_io_executor& executor) : arrived(executor) {}
    env::Signal arrived;
    std::deque<std::pair<std::vector<std::uint8_t>, env::Frame>> waiting;
    bool gone = false;
  };

  // Every tap of that address gets the packet; the kernel's answer goes the other way.
  void carry(const std::vector<std::uint8_t>& packet) {
    const auto segment = parse_segment(packet, static_cast<std::uint32_t>(packet.size()), wire::LinkType::raw_ip);
    if (!segment) return;
    carried.push_back(packet);
    deliver(segment->to.address, packet);
    if (segment->flags != wire::kTcpSyn || !kernels_answer) return;
    const HeartbeatSegment reset{segment->to, segment->from, 0, segment->sequence + 1, wire::kTcpRst | wire::kTcpAck,
                                 {}};
    deliver(segment->from.address, reset.emit());
  }
  void deliver(const base::IpAddress& to, const std::vector<std::uint8_t>& packet, env::Frame as = {}) {
    for (const auto& [address, tap] : taps) {
      if (address != to) continue;
      as.original_length = static_cast<std::uint32_t>(packet.size());
      tap->waiting.emplace_back(packet, as);
      tap->arrived.notify();
    }
  }
  void take_away() {
    for (const auto& [address, tap] : std::exchange(taps, {})) {
      tap->gone = true;
      tap->arrived.notify();
    }
    there = false;
  }

  std::multimap<base::IpAddress, Tap*> taps;  // each belongs to its source
  std::vector<std::vector<std::uint8_t>> carried;
  bool kernels_answer = true;
  bool there = true;
  std::uint64_t dropped = 0;  // by the ring of whoever reads its counters next
};

class EtherSource final : public env::FrameSource {
 public:
  // Hears nothing unless it `listens`.
  EtherSource(Ether& ether, const base::IpAddress& address, const boost::asio::any_io_executor& executor, bool listens)
      : ether_(ether), tap_(executor) {
    if (listens) ether_.taps.emplace(address, &tap_);
  }
  ~EtherSource() override {
    std::erase_if(ether_.taps, [this](const auto& known) { return known.second == &tap_; });
  }
  EtherSource(const EtherSource&) = delete;
  EtherSource& operator=(const EtherSource&) = delete;
  const std::string& interface() const override { return name_; }
  std::uint16_t hardware_type() const override { return wire::kArphrdNone; }
  env::Task<base::Result<std::span<const env::Frame>>> next_block() override {
    while (tap_.waiting.empty() && !tap_.gone) co_await tap_.arrived.wait();
    if (tap_.waiting.empty()) co_return base::Error{base::ErrorKind::closed, "eth0 went down"};
    block_ = std::move(tap_.waiting.front());
    tap_.waiting.pop_front();
    block_.second.bytes = block_.first;
    co_return std::span<const env::Frame>(&block_.second, 1);
  }
  base::Result<env::FrameCounters> read_counters() override {
    return env::FrameCounters{0, std::exchange(ether_.dropped, 0)};
  }

 private:
  std::string name_ = "eth0";
  Ether& ether_;
  Ether::Tap tap_;
  std::pair<std::vector<std::uint8_t>, env::Frame> block_;
};

// What one host on the link has in place of its simulated network, frames and interfaces.
class EtherHost final : public env::Frames, public env::Network, public env::Host {
 public:
  EtherHost(Ether& ether, env::Env env, const base::IpAddress& address)
      : known{{1, "eth0", "", {address}, true, false}}, ether_(ether), env_(env), address_(address) {}

  env::Env env() {
    return {env_.clock, *this,       env_.http, env_.programs, *this,        env_.files,
            *this,      env_.random, env_.log,  env_.offload,  env_.executor};
  }

  base::Result<std::unique_ptr<env::FrameSource>> open(const env::FrameOptions& options) override {
    if (!ether_.there) return base::Error{base::ErrorKind::not_found, "there is no interface " + options.interface};
    const bool listens = options.tcp_port == kHeartbeatPort;  // one source hears both ports
    return std::unique_ptr<env::FrameSource>(new EtherSource(ether_, address_, env_.executor, listens));
  }

  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override {
    if (options.kind != env::DatagramKind::ipv4_raw || !may_send) return refused();
    return std::unique_ptr<env::DatagramSocket>(new Socket(ether_));
  }
  base::Result<base::IpAddress> source_for(const base::IpAddress&) override { return address_; }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint, env::Egress, Bound) override {
    co_return refused();
  }
  base::Result<std::unique_ptr<env::Listener>> listen(const base::Endpoint&) override { return refused(); }
  base::Result<std::shared_ptr<const env::TlsIdentity>> tls_identity(const env::TlsPem&) override { return refused(); }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(
      std::unique_ptr<env::ByteStream>, std::vector<std::uint8_t>, std::shared_ptr<const env::TlsIdentity>) override {
    co_return refused();
  }
  env::Task<env::TlsConnection> connect_tls(std::unique_ptr<env::ByteStream>, env::TlsWish) override {
    co_return env::TlsConnection{refused(), {}};
  }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_local(std::string) override { co_return refused(); }
  base::Result<std::unique_ptr<env::Listener>> listen_local(const std::string&) override { return refused(); }
  env::Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string) override { co_return refused(); }

  std::string name() const override { return "host"; }
  base::Result<std::vector<env::Interface>> interfaces() override { return known; }
  std::string interface_name(std::uint32_t) override { return "eth0"; }
  base::Result<env::Link> link(std::uint32_t) override { return refused(); }
  std::size_t room_for_connections() const override { return 0; }
  base::Result<std::vector<env::Gateway>> gateways() override { return std::vector<env::Gateway>(); }
  base::Result<std::string> default_interface() override { return std::string(); }
  base::Result<std::vector<base::IpAddress>> resolvers() override { return std::vector<base::IpAddress>(); }

  std::vector<env::Interface> known;
  bool may_send = true;

 private:
  struct Socket final : env::DatagramSocket {
    explicit Socket(Ether& ether) : wire(ether) {}
    base::Endpoint local() const override { return {}; }
    base::Result<std::uint32_t> send(const base::Endpoint&, base::Bytes packet) override {
      wire.carry({packet.begin(), packet.end()});
      return 0U;
    }
    base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes packet, std::uint8_t) override {
      return send(to, packet);
    }
    env::Task<base::Result<void>> receive(std::vector<env::Arrival>&, std::size_t) override { co_return refused(); }
    Ether& wire;
  };
  static base::Error refused() { return {base::ErrorKind::permission, "not on this link"}; }

  Ether& ether_;
  env::Env env_;
  base::IpAddress address_;
};

}  // namespace holter::compat::test

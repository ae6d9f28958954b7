// Lan is a wire on which tests put frames as hosts, switches and routers send them, and a WireChanges that sees them
// all. Time goes on only when the test says so. Tests only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "changes/wire_changes.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::changes::test {

using wire::MacAddress;
using wire::test::FrameBytes;

// 02:00:00:00:00:NN
constexpr MacAddress mac(std::uint8_t number) { return {2, 0, 0, 0, 0, number}; }
// 192.0.2.NN
constexpr std::array<std::uint8_t, 4> ip4(std::uint8_t number) { return {192, 0, 2, number}; }
// fe80::NN
inline base::IpAddress ip6(std::uint8_t number) {
  return base::IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number});
}

inline FrameBytes ethernet_from(const MacAddress& to, const MacAddress& from, std::uint16_t type, base::Bytes inside) {
  base::ByteWriter out;
  wire::EthernetHeader{to, from, type}.emit(out);
  out.bytes(inside);
  return out.take();
}

inline FrameBytes arp(std::uint16_t operation, const MacAddress& sender_mac, const std::array<std::uint8_t, 4>& sender,
                      const std::array<std::uint8_t, 4>& target) {
  base::ByteWriter out;
  wire::ArpHeader{operation, sender_mac, sender, {}, target}.emit(out);
  return ethernet_from({255, 255, 255, 255, 255, 255}, sender_mac, wire::kEthertypeArp, out.view());
}

// An ICMPv6 message with its sum.
FrameBytes icmpv6(const base::IpAddress& from, const base::IpAddress& to, std::vector<std::uint8_t> message,
                  std::uint8_t hops = 255);
FrameBytes neighbour_advertisement(const base::IpAddress& whose, const MacAddress& at, bool override = true);
FrameBytes neighbour_solicitation(const base::IpAddress& from, const MacAddress& at, const base::IpAddress& target);

struct Advertisement {
  std::uint16_t lifetime = 1'800;
  bool managed = false;
  std::vector<std::uint8_t> prefixes = {1};  // 2001:db8:0:NN::/64
  std::uint32_t valid = 86'400;
  std::vector<std::uint8_t> servers = {53};  // 2001:db8::NN
  std::uint32_t servers_for = 1'800;
};
FrameBytes router_advertisement(std::uint8_t router, const Advertisement& said);

struct LldpHello {
  std::string name = "sw1";
  std::uint8_t chassis = 0x51;
  std::string port = "Gi1/0/7";
  std::uint16_t ttl = 120;
};
FrameBytes lldp(const LldpHello& hello);
FrameBytes cdp(const std::string& device, const std::string& port, std::uint8_t ttl);

struct Bpdu {
  std::uint16_t root_priority = 0x8000;
  std::uint8_t root = 1;
  std::uint16_t sender_priority = 0x8000;
  std::uint8_t sender = 1;
  bool topology_change = false;
  std::uint16_t vlan = 0;  // not 0: of Cisco's, per VLAN
};
FrameBytes bpdu(const Bpdu& said);
FrameBytes topology_change_notification(std::uint8_t sender);

struct Dhcp {
  std::uint8_t type = 5;
  std::uint8_t client = 7;
  std::uint8_t address = 50;
  std::uint8_t server = 1;
  std::uint8_t router = 1;
  std::uint32_t seconds = 3'600;
};
FrameBytes dhcp(const Dhcp& message);

// Of group 10, by 192.0.2.NN; not checked for its own sum.
FrameBytes vrrp(std::uint8_t router, std::uint8_t ttl = 255);

class Lan {
 public:
  // The watch has begun so long ago that whoever comes now is new.
  static Lan long_watched();

  void send(const FrameBytes& frame, bool outgoing = false);
  void pass(base::Duration time);                    // a second at a time
  void sleep(base::Duration time) { now_ += time; }  // nobody looks

  // What was told since the last call: "address 192.0.2.1: a -> b".
  std::vector<std::string> told();
  std::vector<record::Gap> gaps() const { return gaps_; }
  WireChanges& changes() { return changes_; }

 private:
  WireChanges changes_;
  base::PacketTime now_ = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);
  std::vector<record::Gap> gaps_;
};

}  // namespace holter::changes::test

// Frames of DHCPv6, MSTP, and the virtual routers of VRRP, CARP, HSRP and GLBP, as their senders put them on the wire
// of a Lan (lan_test.h). Tests only.
#pragma once

#include <string>
#include <vector>

#include "changes/lan_test.h"

namespace holter::changes::test {

struct Given6 {
  std::uint8_t number = 0x50;  // 2001:db8:0:32::NN, as a prefix 2001:db8:0:NN::/64
  std::uint32_t valid = 7'200;
};
struct Association6 {
  std::uint16_t type = 3;  // IA_NA; 4 IA_TA, 25 IA_PD
  std::uint32_t id = 1;
  std::vector<Given6> given = {Given6{}};
};
struct Dhcpv6 {
  std::uint8_t type = 7;  // REPLY; 2 is an offer, 1 and 3 are questions
  std::uint8_t client = 7;
  std::uint8_t server = 1;
  std::vector<Association6> associations = {Association6{}};
  std::uint16_t status = 0;
  std::string name = {};
  bool relayed = false;  // from the server to a relay
};
FrameBytes dhcpv6(const Dhcpv6& message);

struct MstInstance {
  std::uint16_t id = 5;
  std::uint16_t root_priority = 0x6000;
  std::uint8_t root = 4;
  bool topology_change = false;
};
struct MstBpdu {
  std::uint8_t root = 1;           // of the whole network, priority 32768
  std::uint8_t regional_root = 2;  // priority 32768
  std::uint8_t sender = 3;
  std::string region = "campus";
  std::uint16_t revision = 1;
  std::uint8_t digest = 0xac;
  std::vector<MstInstance> instances = {MstInstance{}};
  bool topology_change = false;
};
FrameBytes mst_bpdu(const MstBpdu& said);

// Of group 5, by 192.0.2.NN.
FrameBytes hsrp(std::uint8_t router, std::uint8_t state, std::uint8_t opcode = 0, std::uint8_t group = 5);
// Of version 2 and group 291; by 192.0.2.NN or fe80::NN.
FrameBytes hsrp_2(std::uint8_t router, std::uint8_t state, bool v4 = true);
FrameBytes glbp(std::uint8_t router, std::uint8_t state);
FrameBytes carp(std::uint8_t router);

// The same frame to another IPv4 destination, its header's sum mended.
FrameBytes sent_to(FrameBytes frame, const std::array<std::uint8_t, 4>& destination);

}  // namespace holter::changes::test

// WireChanges watches what hosts, switches and routers tell each other of the network, and says what changes: an
// address or a gateway that is at another MAC (ARP, neighbour discovery), a neighbour that comes or is lost (LLDP,
// CDP), another root, region or topology change (spanning tree), another lease (DHCP, DHCPv6), other router
// advertisements, another router that speaks for a virtual one (VRRP, CARP, HSRP, GLBP). Each is a
// record::NetworkChange, told once and bounded (teller.h). It never cries wolf: the first sight of anything is no
// change while it could have been there before, and in an unchanging network nothing is told.
//
// may_matter() is the one look that the hot path takes at each frame. Frames that do not look whole, whose checksums
// are wrong or that were in a tunnel tell nothing. Packet time; one frame source. Pure; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "changes/bindings.h"
#include "changes/ipv6_leases.h"
#include "changes/leases.h"
#include "changes/link_neighbours.h"
#include "changes/routers.h"
#include "changes/spanning_tree.h"
#include "changes/virtual_routers.h"
#include "wire/decoder.h"

namespace holter::changes {

// A frame that the packet was decoded from.
struct WatchedFrame {
  base::Bytes bytes;
  std::uint32_t original_length = 0;
  wire::LinkType link = wire::LinkType::unknown;
  wire::DecodeHints hints = {};
  bool outgoing = false;  // this host sent it
};

class WireChanges {
 public:
  static bool may_matter(const wire::Packet& packet);
  // At least the same frames, as a filter.
  static constexpr const char* kMayMatter =
      "arp or stp or lldp or cdp or icmpv6 or udp.port in {67, 546, 547, 1985, 2029, 3222} or ip.protocol == 112";

  // Only when may_matter(packet).
  void observe(const WatchedFrame& frame, const wire::Packet& packet, base::PacketTime at);
  // Once a second or so. After a long sleep or a step of the clock nothing counts as silent that could not be heard.
  void advance(base::PacketTime now);
  // Of the host itself, whenever they are known anew.
  void set_gateways(const std::vector<base::IpAddress>& gateways) { bindings_.set_gateways(gateways); }

  // What was told since the last call, as seen on `interface`.
  void take(const std::string& interface, std::vector<record::Record>& out) { teller_.take(interface, out); }

 private:
  void begin(base::PacketTime at);
  void observe_icmpv6(const Sight& sight);
  void observe_udp(const Sight& sight);

  wire::FieldList fields_;
  Teller teller_;
  Bindings bindings_;
  LinkNeighbours neighbours_;
  SpanningTree tree_;
  Leases leases_;
  Ipv6Leases ipv6_leases_;
  Routers routers_;
  VirtualRouters virtual_routers_;
  std::optional<base::PacketTime> newest_;  // of advance() or the first frame
};

}  // namespace holter::changes

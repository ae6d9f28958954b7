// Writer records frames into a Ring: one bounded copy and some stores each, without a lock, an allocation or a system
// call. A frame is seen by readers when it is whole. It goes into the share of the control protocols (ARP, ICMP and
// neighbour discovery, DNS, DHCP, spanning tree, LLDP and the like), that of monitored hosts, or the usual one. One
// thread, and one Writer of a Ring.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "recorder/frame_hosts.h"
#include "recorder/host_set.h"
#include "recorder/ring.h"

namespace holter::recorder {

struct Frame {
  base::PacketTime captured_at;
  base::Bytes bytes;
  std::uint32_t original_length = 0;
  std::uint16_t vlan_ether_type = 0;  // meaningful when hints.has_vlan
  Direction direction = Direction::host;
  wire::DecodeHints hints = {};
};

// Of the protocols by which a network keeps itself up.
bool is_control(const wire::Packet& packet);

class Writer {
 public:
  explicit Writer(const Ring& ring);

  // Every frame of this interface follows, which is called so (its first 16 bytes count).
  void begin_source(std::string_view interface, wire::LinkType link, base::PacketTime now);
  void rename(std::string_view interface);
  // Until it begins again nothing is covered.
  void end_source();
  // From the next frame on; what is beyond kMaxMonitored is left out.
  void set_monitored(const std::vector<base::IpAddress>& hosts);
  void record(const Frame& frame, const wire::Packet& packet);

 private:
  // The block of a share that is being filled.
  struct Open {
    Open(const Ring& ring, Share share) : block(ring.block(share, 0)), sequence(ring.newest(share)) {}

    Words block;
    std::uint64_t sequence;
    std::size_t used = kDataBytes;  // bytes; full: the next frame opens another
    base::PacketTime oldest;
    base::PacketTime latest;
    std::uint64_t frames = 0;
  };

  Share share_of(const wire::Packet& packet, const FrameHosts& hosts) const;
  void open_next(Share share, base::PacketTime now);
  void count_overwritten(Share share, Words block, base::PacketTime now) const;
  std::size_t put(const Open& open, const Frame& frame) const;

  Ring ring_;
  std::array<Open, kShareCount> open_;
  std::array<std::uint64_t, kNameWords> name_{};
  wire::LinkType link_ = wire::LinkType::unknown;
  std::unordered_set<HostKey, HostKeyHash> monitored_;
};

}  // namespace holter::recorder

// Which of several workers that share an interface gets a frame, as a program for the kernel (PACKET_FANOUT_CBPF):
// everything between two addresses comes to one worker, both directions, fragments and what is tunnelled between them,
// so that no conversation is told in halves. What tells of changes of the network (whatever is not IP, multicast and
// broadcast, ICMPv6, VRRP, DHCP) comes to the first, so that one sees all of it. Pure.
#pragma once

#include "filter/bpf.h"

namespace holter::filter {

// Where a program finds a frame's parts.
struct FrameOffsets {
  std::uint32_t ethertype = 12;
  std::uint32_t network = 14;
};
// Whatever the link's own header is, and also when a tag was taken out (linux/filter.h: SKF_AD_PROTOCOL, SKF_NET_OFF).
inline constexpr FrameOffsets kKernelOffsets = {0xffff'f000, 0xfff0'0000};

// Returns the number of a worker, from 0. At least one worker.
BpfProgram steering(unsigned workers, const FrameOffsets& at = kKernelOffsets);

}  // namespace holter::filter

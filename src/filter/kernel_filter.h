// The part of a filter that a kernel can decide, as a program of classic BPF for frames of Ethernet. It never refuses
// what the filter accepts: frames that are exactly Ethernet, IPv4 without options, IPv6 without extension headers or
// ARP, with a whole header of TCP, UDP, ICMP or ICMPv6 behind it, are judged as far as their fixed headers say; tags
// and tunnels within the frame, fragments, options and whatever else is unusual pass. A tag that the device took out of
// the frame is asked where Linux keeps it. Pure.
#pragma once

#include <optional>
#include <string>

#include "filter/bpf.h"
#include "filter/capture_filter.h"

namespace holter::filter {

// What a capture keeps of a frame at least, so that holter sees all the headers that the kernel judged by.
inline constexpr std::uint32_t kKernelFilterSnaplen = 128;

struct KernelFilter {
  BpfProgram program;  // empty: it would refuse nothing
  std::string words;   // what it asks, as an expression; empty: nothing
};

KernelFilter kernel_filter(const Checked& checked);
// Of what it keeps and does not drop; and of what matches `besides`, which has to be seen whatever the filter says.
KernelFilter kernel_filter(const CaptureFilter& filter, const std::optional<PacketFilter>& besides = {});

}  // namespace holter::filter

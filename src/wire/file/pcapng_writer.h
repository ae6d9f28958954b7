// Writing pcapng, which pcapng_file.h reads: little-endian, one section, stamps in nanoseconds. Each call appends one
// whole block, so that a file that is cut off loses at most the block that was being written. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/byte_writer.h"
#include "wire/file/pcap_file.h"

namespace holter::wire {

struct PcapngInterface {
  std::string_view name;
  std::uint32_t linktype = kLinktypeEthernet;
  std::uint32_t snaplen = 65'535;
};

struct PcapngStatistics {
  base::PacketTime from;
  base::PacketTime to;
  std::optional<std::uint64_t> received;  // by the kernel, the dropped and the refused ones included; if it is known
  std::uint64_t dropped = 0;              // for want of room
  std::uint64_t accepted = 0;             // by the filter
  std::string_view comment = {};
};

// What is known of a frame beside its bytes.
struct PcapngNotes {
  std::uint32_t flags = 0;  // as epb_flags; 0: none
  std::string_view comment = {};
};
// epb_flags: which way a frame went, and to whom it was sent.
inline constexpr std::uint32_t kPcapngInbound = 1;
inline constexpr std::uint32_t kPcapngOutbound = 2;
inline constexpr std::uint32_t kPcapngUnicast = 1 << 2;
inline constexpr std::uint32_t kPcapngMulticast = 2 << 2;
inline constexpr std::uint32_t kPcapngBroadcast = 3 << 2;
inline constexpr std::uint32_t kPcapngPromiscuous = 4 << 2;

// First of all. `application` and `os` are what made the file, and on what.
void write_pcapng_section(base::ByteWriter& out, std::string_view application, std::string_view os,
                          std::string_view comment = {});
// They are numbered from 0 in the order of these calls.
void write_pcapng_interface(base::ByteWriter& out, const PcapngInterface& interface);
void write_pcapng_frame(base::ByteWriter& out, std::uint32_t interface, const PcapFrame& frame,
                        const PcapngNotes& notes = {});
// Last of all.
void write_pcapng_statistics(base::ByteWriter& out, std::uint32_t interface, const PcapngStatistics& statistics);

}  // namespace holter::wire

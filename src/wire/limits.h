// The limits of wire: what one frame may cost. Beyond them decoding stops and says so (Anomaly::too_deep).
#pragma once

#include <cstddef>
#include <cstdint>

namespace holter::wire {

inline constexpr unsigned kMaxLayers = 16;               // headers of one frame, extension headers included
inline constexpr unsigned kMaxSteps = 4'096;             // headers, options and records of one frame
inline constexpr std::uint8_t kMaxTunnels = 4;           // packets within a packet that are looked into
inline constexpr unsigned kMaxOptions = 40;              // options of one IPv4 or TCP header: its 40 bytes at one each
inline constexpr std::size_t kMaxShownBytes = 64;        // of a field of opaque bytes
inline constexpr std::size_t kMaxHeaderOffset = 65'535;  // no header begins behind this byte of the frame
inline constexpr std::size_t kMaxPcapFrameBytes = 262'144;  // libpcap's MAXIMUM_SNAPLEN
inline constexpr std::size_t kMaxPcapngBlockBytes =
    16 * 1024 * 1024;                                        // of a block that is read; others are passed over
inline constexpr std::size_t kMaxCaptureInterfaces = 4'096;  // of one section of a pcapng file
inline constexpr std::size_t kMaxInterfaceNameBytes = 255;   // kept of a name in a pcapng file

}  // namespace holter::wire

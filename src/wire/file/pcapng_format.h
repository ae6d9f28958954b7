// The numbers of pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng), which reader and writer share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holter::wire::pcapng {

inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
inline constexpr std::uint16_t kMajor = 1;

// Block types.
inline constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in both byte orders
inline constexpr std::uint32_t kInterfaceDescription = 1;
inline constexpr std::uint32_t kPacket = 2;  // obsolete
inline constexpr std::uint32_t kSimplePacket = 3;
inline constexpr std::uint32_t kInterfaceStatistics = 5;
inline constexpr std::uint32_t kEnhancedPacket = 6;

inline constexpr std::size_t kBlockHeaderBytes = 8;   // type and total length
inline constexpr std::size_t kBlockTrailerBytes = 4;  // total length again
inline constexpr std::size_t kSmallestBlock = kBlockHeaderBytes + kBlockTrailerBytes;
inline constexpr std::size_t kSmallestSection = kSmallestBlock + 16;

// Options.
inline constexpr std::uint16_t kEndOfOptions = 0;
inline constexpr std::uint16_t kComment = 1;
inline constexpr std::uint16_t kFrameFlags = 2;
inline constexpr std::uint16_t kSectionHardware = 2;
inline constexpr std::uint16_t kSectionOs = 3;
inline constexpr std::uint16_t kSectionApplication = 4;
inline constexpr std::uint16_t kInterfaceName = 2;
inline constexpr std::uint16_t kInterfaceTimeResolution = 9;
inline constexpr std::uint16_t kInterfaceTimeOffset = 14;
inline constexpr std::uint16_t kStatisticsStart = 2;
inline constexpr std::uint16_t kStatisticsEnd = 3;
inline constexpr std::uint16_t kStatisticsReceived = 4;
inline constexpr std::uint16_t kStatisticsDropped = 5;
inline constexpr std::uint16_t kStatisticsAccepted = 6;  // by the filter

constexpr std::size_t padded(std::size_t n) { return (n + 3) & ~std::size_t{3}; }

}  // namespace holter::wire::pcapng

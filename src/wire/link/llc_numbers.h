// Service access points of IEEE 802.2, and the OUIs and protocols of SNAP. Constants only.
#pragma once

#include <cstdint>

namespace holter::wire {

inline constexpr std::uint8_t kLlcSapIp = 0x06;
inline constexpr std::uint8_t kLlcSapStp = 0x42;
inline constexpr std::uint8_t kLlcSapArp = 0x98;
inline constexpr std::uint8_t kLlcSapSnap = 0xaa;
inline constexpr std::uint8_t kLlcUnnumberedInformation = 0x03;

inline constexpr std::uint32_t kOuiEthernet = 0;
inline constexpr std::uint32_t kOuiCisco = 0x00000c;
inline constexpr std::uint32_t kOuiBridgeTunnel = 0x0000f8;  // IEEE 802.1H
inline constexpr std::uint32_t kOuiApple = 0x080007;

inline constexpr std::uint16_t kCiscoPvstPlus = 0x010b;

}  // namespace holter::wire

// The limits of the recorder ring and what it is by default.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace holter::recorder {

inline constexpr std::uint64_t kDefaultBytes = 64ULL << 20;
inline constexpr std::uint64_t kDefaultReserve = 16ULL << 20;
inline constexpr base::Duration kDefaultHorizon = base::Duration::seconds(60);
inline constexpr std::uint32_t kDefaultSnaplen = 128;

inline constexpr std::uint64_t kLeastBytes = 1ULL << 20;
inline constexpr std::uint64_t kMostBytes = 16ULL << 30;
inline constexpr std::uint32_t kLeastSnaplen = 64;
inline constexpr std::uint32_t kMostSnaplen = 16'384;
inline constexpr base::Duration kLongestHorizon = base::Duration::hours(1);

inline constexpr std::size_t kMaxMonitored = 4'096;  // hosts
inline constexpr std::size_t kMaxFreezeHosts = 64;
inline constexpr std::size_t kMaxInterfaces = 256;      // in one freeze
inline constexpr std::size_t kPieceBytes = 256 * 1024;  // of the file that a freeze writes

}  // namespace holter::recorder

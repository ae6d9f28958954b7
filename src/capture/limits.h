// The limits and times of capture.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace holter::capture {

inline constexpr std::uint32_t kDefaultPacketRecordsPerSecond = 1'000;
inline constexpr std::size_t kTopConversations = 20;  // in a snapshot
inline constexpr unsigned kMaxPendingReadings = 60;   // then an interval closes with what came
inline constexpr base::Duration kReadingInterval = base::Duration::seconds(1);
inline constexpr base::Duration kGatewaysInterval = base::Duration::seconds(30);  // between two looks at the routes
inline constexpr base::Duration kRingLag = base::Duration::seconds(1);  // flows wait this long for frames in the ring
inline constexpr base::Duration kWallStepBack = base::Duration::seconds(2);      // a larger one starts packet time anew
inline constexpr base::Duration kTellPace = base::Duration::milliseconds(10);    // whom it heard, so often at most
inline constexpr base::Duration kTellAgain = base::Duration::milliseconds(100);  // after there was no room
inline constexpr base::Duration kFirstRetry = base::Duration::seconds(1);
inline constexpr base::Duration kLastRetry = base::Duration::seconds(5);

}  // namespace holter::capture

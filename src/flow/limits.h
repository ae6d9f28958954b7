// The limits and times of flow, in packet time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace holter::flow {

inline constexpr std::size_t kDefaultFlowLimit = 65'536;  // of a capture that goes on
inline constexpr std::size_t kMostFlows = 1'000'000;      // of any table: 256 MiB hold as many
inline constexpr base::Duration kIdleTimeout = base::Duration::seconds(60);
inline constexpr base::Duration kEstablishedTimeout = base::Duration::minutes(5);  // TCP that both sides took up
inline constexpr base::Duration kClosingTimeout = base::Duration::seconds(2);   // after FIN of both or RST: stragglers
inline constexpr base::Duration kActiveInterval = base::Duration::seconds(10);  // between interim records
// A stamp this far behind the largest means that the clock was set back: a new reckoning of time begins.
inline constexpr base::Duration kStepBack = base::Duration::minutes(5);

}  // namespace holter::flow

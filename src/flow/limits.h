// The limits and times of flow, in packet time.
#pragma once

#include <cstddef>

#include "base/time.h"

namespace holter::flow {

inline constexpr std::size_t kDefaultFlowLimit = 65'536;
inline constexpr base::Duration kIdleTimeout = base::Duration::seconds(60);
inline constexpr base::Duration kEstablishedTimeout = base::Duration::minutes(5);  // TCP that both sides took up
inline constexpr base::Duration kClosingTimeout = base::Duration::seconds(2);  // after FIN of both or RST: stragglers
inline constexpr base::Duration kActiveInterval = base::Duration::seconds(10);     // between interim records

}  // namespace holter::flow

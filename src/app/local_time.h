// Moments as a person at this terminal reads them: in the local zone (TZ), with the date when it is not today's.
#pragma once

#include <string>

#include "base/time.h"

namespace holter::app {

// "12:34:56.789", "2026-03-01 12:34:56.789".
std::string local_time(base::WallTime at, base::WallTime now);
// "2026-03-01 12:34:56.789", today as well.
std::string dated_time(base::WallTime at);

// "2026-03-01 12:34:56,789", as programs of before wrote it.
std::string local_stamp(base::WallTime at);

}  // namespace holter::app

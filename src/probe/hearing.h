// What a peer says over a stream, as far as a probe listens: up to a first line's end, or to whatever else is enough, a
// pause, the peer's end, kMaxHeardBytes or the deadline.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "env/env.h"

namespace holter::probe {

inline constexpr std::size_t kMaxHeardBytes = 64 * 1024;
inline constexpr base::Duration kPause = base::Duration::milliseconds(200);

struct Heard {
  std::string text;
  std::optional<base::Instant> first_at;  // when the first of it came
  base::Instant last_at;
  std::optional<base::Error> end;  // why no more came; absent: it was enough
};

// Whether what came is enough to end at once. Without one it is when a line has ended or nothing more came for kPause.
using IsEnough = std::function<bool(const std::string& text)>;

// Appends what came to `heard`, which outlives the task as `stream` does.
env::Task<void> hear(env::Env env, env::ByteStream& stream, base::Instant deadline, IsEnough enough, Heard& heard);

}  // namespace holter::probe

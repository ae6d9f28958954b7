#include "env/linux/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/assert.h"

namespace holter::env_linux {

void Random::fill(std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const ssize_t got = getrandom(into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    HOLTER_ASSERT(got > 0);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace holter::env_linux

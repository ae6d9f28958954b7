#include "env/linux/write_out.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace holter::env_linux {

void write_out(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return;
    pollfd room{descriptor, POLLOUT, 0};
    ::poll(&room, 1, -1);
  }
}

}  // namespace holter::env_linux

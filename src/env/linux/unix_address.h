// A path as the address of a Unix socket; the kernel allows 107 bytes. Pure.
#pragma once

#include <sys/un.h>

#include <string>

#include "base/result.h"

namespace holter::env_linux {

inline base::Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return base::Error{base::ErrorKind::too_large, "the path of a Unix socket has 1 to 107 bytes, not " +
                                                       std::to_string(path.size()) + ": " + path};
  }
  path.copy(address.sun_path, path.size());
  return address;
}

}  // namespace holter::env_linux

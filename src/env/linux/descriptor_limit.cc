#include "env/linux/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace holter::env_linux {

std::size_t descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kFewestDescriptors;
  return std::min<std::size_t>(limit.rlim_cur, kMostDescriptors);
}

base::Result<void> raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, kMostDescriptors);
    if (limit.rlim_cur < wanted) {
      limit.rlim_cur = wanted;
      ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: what there is must do
    }
  }
  if (descriptor_limit() >= kFewestDescriptors) return {};
  return base::Error{base::ErrorKind::full, "holter needs " + std::to_string(kFewestDescriptors) +
                                                " file descriptors and may have " + std::to_string(descriptor_limit()) +
                                                ": raise the limit (ulimit -n 1024, or LimitNOFILE= of its service)"};
}

}  // namespace holter::env_linux

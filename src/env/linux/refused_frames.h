// RefusedFrames counts what a kernel filter refuses, in the kernel: a second packet socket on the same interface with
// the inverse of the filter. Nobody reads it. Its buffer holds a frame or two, and the kernel counts what comes after
// them as dropped, so that a refused frame costs a second run of the filter and nothing else. It counts by itself: what
// it says is worked out from nothing. While one filter is exchanged for another, between two system calls, a frame may
// be counted here although it was accepted, or not although it was refused. The socket comes from the broker. One
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "env/frames.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

class RefusedFrames {
 public:
  // Counts from here on.
  static base::Result<RefusedFrames> open(UniqueFd socket, int index, const std::string& interface,
                                          const env::KernelProgram& filter);

  base::Result<void> set_filter(const env::KernelProgram& filter);
  // Since the last call.
  base::Result<std::uint64_t> read();

 private:
  explicit RefusedFrames(UniqueFd socket) : socket_(std::move(socket)) {}

  UniqueFd socket_;
};

}  // namespace holter::env_linux

// ReceiveBuffer is what datagrams, or entries of an error queue, are received into: many with one system call. All
// sockets of a loop share one. 2 MiB of which the kernel touches only what datagrams fill. One loop.
#pragma once

#include <sys/socket.h>

#include <array>

#include "base/byte_reader.h"
#include "env/network.h"

namespace holter::env_linux {

inline constexpr std::size_t kDatagramBatch = 32;

class ReceiveBuffer {
 public:
  ReceiveBuffer();

  // At most `limit` and kDatagramBatch; does not wait. Returns how many, or -1 and errno. They stay until the next
  // call.
  int receive(int fd, std::size_t limit, int flags);
  const msghdr& header(std::size_t i) const { return messages_[i].msg_hdr; }
  base::Bytes bytes(std::size_t i) const;

 private:
  static constexpr std::size_t kControlBytes = 512;

  std::array<std::array<std::uint8_t, env::kMaxDatagramBytes>, kDatagramBatch> bytes_;
  alignas(cmsghdr) std::array<std::array<std::uint8_t, kControlBytes>, kDatagramBatch> controls_;
  std::array<sockaddr_storage, kDatagramBatch> peers_;
  std::array<iovec, kDatagramBatch> parts_;
  std::array<mmsghdr, kDatagramBatch> messages_{};
};

}  // namespace holter::env_linux

#include "env/linux/receive_buffer.h"

#include <algorithm>
#include <cerrno>

namespace holter::env_linux {

ReceiveBuffer::ReceiveBuffer() {
  for (std::size_t i = 0; i < kDatagramBatch; ++i) {
    parts_[i] = {bytes_[i].data(), bytes_[i].size()};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_name = &peers_[i];
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].data();
  }
}

int ReceiveBuffer::receive(int fd, std::size_t limit, int flags) {
  const std::size_t batch = std::min(limit, kDatagramBatch);
  for (std::size_t i = 0; i < batch; ++i) {
    messages_[i].msg_hdr.msg_namelen = sizeof peers_[i];
    messages_[i].msg_hdr.msg_controllen = kControlBytes;
  }
  for (;;) {
    const int got = ::recvmmsg(fd, messages_.data(), static_cast<unsigned>(batch), flags | MSG_DONTWAIT, nullptr);
    if (got >= 0 || errno != EINTR) return got;
  }
}

base::Bytes ReceiveBuffer::bytes(std::size_t i) const {
  return base::Bytes(bytes_[i]).first(std::min<std::size_t>(messages_[i].msg_len, bytes_[i].size()));
}

}  // namespace holter::env_linux

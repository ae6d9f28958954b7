// Sets options of a socket one after another and keeps the first failure, so that a caller says what it wants and asks
// once how it went. One thread.
#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "env/egress.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {

class SocketOptions {
 public:
  explicit SocketOptions(int fd) : fd_(fd) {}

  template <class Value>
  void set(int level, int option, const Value& value, const char* name) {
    if (code_ != 0 || ::setsockopt(fd_, level, option, &value, sizeof value) == 0) return;
    code_ = errno;
    name_ = name;
  }
  base::Result<void> result() const {
    if (code_ != 0) return os_error(std::string("cannot set ") + name_ + " on a socket", code_);
    return {};
  }

 private:
  int fd_;
  int code_ = 0;
  const char* name_ = "";
};

// TTL, DSCP and the interface. Not the source address, which is for bind().
base::Result<void> set_egress(int fd, base::IpAddress::Family family, const env::Egress& egress);
// When a socket with a source address gets its port: when it connects it may be one that is taken towards others.
enum class PortChoice : std::uint8_t { when_connecting, now };
// All of it, of a TCP socket that is about to connect.
base::Result<void> leave_by(int fd, base::IpAddress::Family family, const env::Egress& egress,
                            PortChoice choice = PortChoice::when_connecting);

}  // namespace holter::env_linux

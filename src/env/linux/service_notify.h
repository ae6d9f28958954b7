// Tells a service manager how holter is: the datagrams of sd_notify(3) to the socket that $NOTIFY_SOCKET names, without
// its library. Without that variable, or with one that leads nowhere, every call does nothing: the service manager is
// told, never asked, and holter records whether it listens or not.
//
// One sender, any thread, one at a time. A call blocks at most kNotifyTime, and only when the manager's queue is full.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

inline constexpr base::Duration kNotifyTime = base::Duration::seconds(1);

class ServiceNotify {
 public:
  // Of NOTIFY_SOCKET (a path, or an abstract name after '@'), WATCHDOG_USEC and WATCHDOG_PID.
  static ServiceNotify from_environment();
  ServiceNotify(ServiceNotify&& other) noexcept;
  ServiceNotify& operator=(ServiceNotify&& other) noexcept;
  ~ServiceNotify();

  bool is_heard() const { return static_cast<bool>(socket_); }
  // Say alive() this often, half of the manager's patience; empty when it does not watch this process.
  std::optional<base::Duration> watchdog_interval() const { return watchdog_; }

  // Everything works from here on. `status` is one line for people (`systemctl status`); it ends at a control
  // character.
  void ready(const std::string& status);
  void stopping();
  void alive();

 private:
  ServiceNotify();
  void send(const std::string& text);

  UniqueFd socket_;
  std::optional<base::Duration> watchdog_;
};

}  // namespace holter::env_linux

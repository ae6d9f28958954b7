// Listeners for TCP and Unix streams. Without a free descriptor accept() waits kAcceptPause and tries again: the peer
// stays in the kernel's queue, the loop does not spin, and the log says so once per shortage.
// An IPv6 listener takes no IPv4 (IPV6_V6ONLY). Loop's thread.
#pragma once

#include <memory>
#include <string>

#include "env/clock.h"
#include "env/log.h"
#include "env/network.h"

namespace holter::env_linux {

inline constexpr base::Duration kAcceptPause = base::Duration::milliseconds(100);

// Both references outlive the listener.
struct ListenerSurroundings {
  boost::asio::any_io_executor executor;
  env::Clock& clock;
  env::Log& log;
};

base::Result<std::unique_ptr<env::Listener>> listen_tcp(const base::Endpoint& local, ListenerSurroundings around);

// Makes the socket's file with mode 0600, over one that nobody listens on any more; busy when somebody does. Removes it
// on close unless another has taken its place.
base::Result<std::unique_ptr<env::Listener>> listen_unix(const std::string& path, ListenerSurroundings around);

}  // namespace holter::env_linux

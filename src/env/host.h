// Host is what the operating system knows about its own place in the network: interfaces, gateways, resolvers.
// `env/linux` asks the kernel over netlink and reads resolv.conf; a simulated host has what its world gave it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/result.h"

namespace holter::env {

struct Interface {
  std::uint32_t index = 0;
  std::string name;
  std::string mac;  // "aa:bb:cc:dd:ee:ff", empty without one
  std::vector<base::IpAddress> addresses;
  bool up = false;
  bool loopback = false;
};

// An interface as it is at this moment.
struct Link {
  std::string name;
  bool enabled = false;  // somebody has set it up
  bool carrier = false;
  bool loopback = false;
  bool wired = false;                // it has hardware addresses: whoever is on it can be asked who they are
  std::uint32_t carrier_losses = 0;  // since it was made
  std::uint64_t received_frames = 0;
};

struct Gateway {
  base::IpAddress address;
  std::string interface;
  std::uint32_t metric = 0;
};

class Host {
 public:
  virtual ~Host() = default;

  virtual std::string name() const = 0;
  virtual base::Result<std::vector<Interface>> interfaces() = 0;
  // Asked anew, in some ten microseconds; not_found when there is no such interface any more.
  virtual base::Result<Link> link(std::uint32_t index) = 0;
  // What the interface is called now; empty when it is gone.
  virtual std::string interface_name(std::uint32_t index) = 0;
  // How many connections may be kept beside everything else that this process has open.
  virtual std::size_t room_for_connections() const = 0;
  // That this process may run on, at least one.
  virtual unsigned processors() const { return 1; }
  // Next hops of the default routes, the preferred first.
  virtual base::Result<std::vector<Gateway>> gateways() = 0;
  // The interface that carries the default route, empty when there is none.
  virtual base::Result<std::string> default_interface() = 0;
  virtual base::Result<std::vector<base::IpAddress>> resolvers() = 0;
};

}  // namespace holter::env

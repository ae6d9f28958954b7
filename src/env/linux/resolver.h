// Resolver turns names into addresses by getaddrinfo, which follows the host's own nsswitch.conf and resolv.conf and
// blocks for as long as these say (ten seconds where no server answers). So each lookup has a thread while it lasts:
// a name whose servers are dead delays neither another name nor the disk. Whoever waits may give up at any time; the
// lookup then goes on by itself, and at the end of the program it is left behind. At most kMaxLookups at once and
// kMaxWaiting behind them. Addresses come in the order to try (RFC 6724), each once, at most kMaxAddresses. A literal
// address is answered at once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "env/task.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxAddresses = 32;
inline constexpr std::size_t kMaxNameBytes = 253;
inline constexpr std::size_t kMaxLookups = 32;
inline constexpr std::size_t kMaxWaiting = 65'536;

class Resolver {
 public:
  using Addresses = base::Result<std::vector<base::IpAddress>>;
  // Blocks, on any thread, perhaps longer than the resolver lives.
  using LookUp = std::function<Addresses(const std::string& name)>;

  explicit Resolver(boost::asio::any_io_executor executor, LookUp look_up = ask_the_host);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  env::Task<Addresses> resolve(std::string name);
  // Nobody is told of a lookup from now on. Called before the executor goes; does not wait for a lookup under way.
  void stop();

  static Addresses ask_the_host(const std::string& name);

 private:
  class Lookups;

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Lookups> lookups_;
};

}  // namespace holter::env_linux

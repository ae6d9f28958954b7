// Host is one machine of the simulated world: what survives a crash (addresses, disk, clock error, log) and the process
// that runs on it, if any. Made and crashed through World.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/process.h"

namespace holter::sim {

struct HostOptions {
  std::vector<base::IpAddress> addresses = {};
  std::vector<base::IpAddress> gateways = {};
  std::vector<base::IpAddress> resolvers = {};
  bool raw_icmp = true;      // there is a broker that opens raw sockets
  bool ping_sockets = true;  // net.ipv4.ping_group_range admits the process
};

class Host final : public env::Host {
 public:
  Host(Internet& internet, std::string name, HostIndex index, HostOptions options);

  // Starts the program; it is what restart() runs again. The host must have no process.
  void boot(Program program);
  void restart();
  bool running() const { return process_ != nullptr && !process_->ended(); }
  std::uint32_t boots() const { return boots_; }

  HostClock& clock() { return clock_; }
  Disk& disk() { return disk_; }
  // What can be run here; see sim/programs.h.
  ProgramShelf& programs() { return programs_; }
  LogBook& log() { return log_; }
  Stack& stack() { return stack_; }
  HostIndex index() const { return stack_.index(); }

  std::string name() const override { return name_; }
  base::Result<std::vector<env::Interface>> interfaces() override;
  base::Result<env::Link> link(std::uint32_t index) override;
  std::size_t room_for_connections() const override { return 10'000; }
  std::string interface_name(std::uint32_t index) override { return index == kInterfaceIndex ? kInterfaceName : ""; }
  base::Result<std::vector<env::Gateway>> gateways() override;
  base::Result<std::string> default_interface() override;
  base::Result<std::vector<base::IpAddress>> resolvers() override { return options_.resolvers; }

 private:
  friend class World;
  bool step() { return process_ != nullptr && !asleep_ && process_->step(); }
  void crash();
  void power_loss();
  void suspend();
  void resume();

  Internet& internet_;
  std::string name_;
  HostOptions options_;
  HostClock clock_;
  Stack stack_;
  Disk disk_;
  ProgramShelf programs_;
  LogBook log_;
  Program program_;
  std::uint32_t boots_ = 0;
  bool asleep_ = false;
  std::unique_ptr<Process> process_;
};

}  // namespace holter::sim

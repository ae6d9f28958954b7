#include "sim/host.h"

#include "base/assert.h"

namespace holter::sim {

Host::Host(Internet& internet, std::string name, HostIndex index, HostOptions options)
    : internet_(internet),
      name_(std::move(name)),
      options_(std::move(options)),
      clock_(internet.timeline()),
      stack_(internet, clock_, index, options_.addresses, {options_.raw_icmp, options_.ping_sockets}),
      disk_(internet.timeline()),
      log_(internet.timeline()) {}

void Host::boot(Program program) {
  HOLTER_ASSERT(process_ == nullptr);
  program_ = std::move(program);
  restart();
}

void Host::restart() {
  HOLTER_ASSERT(process_ == nullptr && program_);
  stack_.power_on();
  asleep_ = false;
  ++boots_;
  auto& timeline = internet_.timeline();
  timeline.trace().note("boot", {index(), boots_});
  const std::uint32_t id = 1'000 * (index() + 1) + boots_;
  process_ =
      std::make_unique<Process>(ProcessParts{timeline, clock_, stack_, disk_, *this, programs_, log_, id}, program_);
}

void Host::crash() {
  process_.reset();
  disk_.process_died();
}

void Host::power_loss() {
  stack_.power_off();
  process_.reset();
  disk_.power_lost();
}

void Host::suspend() {
  asleep_ = true;
  clock_.suspend();
  stack_.sleep();
}

void Host::resume() {
  asleep_ = false;
  clock_.resume();
  stack_.power_on();
}

base::Result<std::vector<env::Interface>> Host::interfaces() {
  const auto v4 = base::IpAddress::loopback(base::IpAddress::Family::v4);
  std::vector<env::Interface> out{{kLoopbackIndex, "lo", "", {v4}, true, true}};
  out.push_back({kInterfaceIndex, kInterfaceName, "", options_.addresses, stack_.plugged(), false});
  return out;
}

base::Result<env::Link> Host::link(std::uint32_t index) {
  if (index == kLoopbackIndex) return env::Link{"lo", true, true, true, false, 0, 0};
  if (index != kInterfaceIndex) return base::Error{base::ErrorKind::not_found, "there is no such interface"};
  return env::Link{kInterfaceName,          true, stack_.plugged(), false, true, stack_.carrier_losses(),
                   stack_.received_frames()};
}

base::Result<std::vector<env::Gateway>> Host::gateways() {
  std::vector<env::Gateway> out;
  for (const auto& address : options_.gateways) out.push_back({address, kInterfaceName, 0});
  return out;
}

base::Result<std::string> Host::default_interface() {
  return options_.gateways.empty() ? std::string() : std::string(kInterfaceName);
}

}  // namespace holter::sim

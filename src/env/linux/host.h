// Host over rtnetlink (libmnl) and /etc/resolv.conf. Each call asks anew: nothing is cached, nothing is watched.
// Answers of the kernel are local and quick, so calls may be made on a loop. Any thread.
#pragma once

#include "env/host.h"

namespace holter::env_linux {

class Host final : public env::Host {
 public:
  std::string name() const override;
  base::Result<std::vector<env::Interface>> interfaces() override;
  base::Result<env::Link> link(std::uint32_t index) override;
  std::size_t room_for_connections() const override;
  std::string interface_name(std::uint32_t index) override;
  unsigned processors() const override;
  base::Result<std::vector<env::Gateway>> gateways() override;
  base::Result<std::string> default_interface() override;
  base::Result<std::vector<base::IpAddress>> resolvers() override;
};

}  // namespace holter::env_linux

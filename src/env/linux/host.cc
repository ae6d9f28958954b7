#include "env/linux/host.h"

#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "env/linux/descriptor_limit.h"
#include "env/linux/files.h"
#include "env/linux/netlink.h"
#include "env/linux/resolv_conf.h"

namespace holter::env_linux {
namespace {

constexpr const char* kResolvConf = "/etc/resolv.conf";
constexpr std::size_t kOwnDescriptors = 46;  // `holter run` has 37; the rest is for probes on their way
constexpr std::size_t kMaxResolvConfBytes = 64 * 1024;

}  // namespace

std::string Host::name() const {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

base::Result<std::vector<env::Interface>> Host::interfaces() { return dump_interfaces(); }

base::Result<env::Link> Host::link(std::uint32_t index) { return read_link(index); }

std::string Host::interface_name(std::uint32_t index) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(index, name.data()) == nullptr ? std::string() : std::string(name.data());
}

unsigned Host::processors() const {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;  // more of them than the set can name
  return static_cast<unsigned>(CPU_COUNT(&allowed));
}

std::size_t Host::room_for_connections() const {
  return descriptor_limit() - std::min(descriptor_limit(), kOwnDescriptors);
}

base::Result<std::vector<env::Gateway>> Host::gateways() {
  const auto routes = dump_default_routes();
  if (!routes) return routes.error();
  std::vector<env::Gateway> gateways;
  for (const DefaultRoute& route : *routes) {
    if (route.gateway) gateways.push_back({*route.gateway, interface_name(route.interface_index), route.metric});
  }
  return gateways;
}

base::Result<std::string> Host::default_interface() {
  const auto routes = dump_default_routes();
  if (!routes) return routes.error();
  return routes->empty() ? std::string() : interface_name(routes->front().interface_index);
}

base::Result<std::vector<base::IpAddress>> Host::resolvers() {
  Files files;
  const auto text = env::read_text(files, kResolvConf, kMaxResolvConfBytes);
  if (!text) return text.error();
  return parse_resolv_conf(*text, [](const std::string& name) { return if_nametoindex(name.c_str()); });
}

}  // namespace holter::env_linux

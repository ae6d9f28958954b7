#include "app/monitored_hosts.h"

#include <algorithm>
#include <utility>

#include "base/url.h"

namespace holter::app {
namespace {

std::string host_of(const std::string& target) {
  const auto url = base::parse_http_url(target);
  const auto at = base::HostAndPort::parse(target);
  return url ? url->at.host : at ? at->host : std::string();
}

}  // namespace

void MonitoredHosts::set(const config::Settings& settings, const record::Plan& plan) {
  const auto before = std::exchange(by_name_, {});
  by_address_.clear();
  changed_ = true;
  const auto add = [this](const base::IpAddress& host) {
    if (!host.is_loopback()) by_address_.push_back(host);
  };
  for (const config::SessionSettings& session : settings.sessions) std::ranges::for_each(session.traffic, add);
  for (const record::ProbePlan& probe : plan.probes) {
    if (const auto address = base::IpAddress::parse(host_of(probe.target))) {
      add(*address);
      continue;
    }
    const auto known = before.find(probe.name);
    const bool stays = known != before.end() && known->second.target == probe.target;
    by_name_[probe.name] = stays ? known->second : Named{probe.target};
  }
}

void MonitoredHosts::learn(const record::ProbeResult& result) {
  const auto found = by_name_.find(result.probe);
  if (found == by_name_.end() || found->second.target != result.target.raw()) return;
  const auto address = base::IpAddress::parse(result.address);
  auto& addresses = found->second.addresses;
  if (!address || address->is_loopback() || std::ranges::find(addresses, *address) != addresses.end()) return;
  if (addresses.size() == kAddressesOfAProbe) addresses.erase(addresses.begin());
  addresses.push_back(*address);
  changed_ = true;
}

std::vector<base::IpAddress> MonitoredHosts::hosts() const {
  std::vector<base::IpAddress> hosts = by_address_;
  for (const auto& [probe, named] : by_name_) {
    hosts.insert(hosts.end(), named.addresses.begin(), named.addresses.end());
  }
  return hosts;
}

}  // namespace holter::app

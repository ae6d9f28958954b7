#include "app/plan.h"

#include <algorithm>
#include <set>

namespace holter::app {
namespace {

constexpr base::Duration kIcmpInterval = base::Duration::seconds(1);
// Below the interval: a lost echo must be over when the next one is due, or every second one would be skipped.
constexpr base::Duration kIcmpTimeout = base::Duration::milliseconds(900);
constexpr base::Duration kDnsInterval = base::Duration::seconds(10);
constexpr base::Duration kDnsTimeout = base::Duration::seconds(5);

record::ProbePlan icmp(std::string name, const base::IpAddress& address) {
  return {std::move(name), record::ProbeKind::icmp, to_string(address), "", kIcmpInterval, kIcmpTimeout};
}

// "gateway", then "gateway-2": names stay the same as long as the order does.
std::string numbered(const std::string& word, std::size_t index) {
  return index == 0 ? word : word + '-' + std::to_string(index + 1);
}

bool has_loopback(const HostFacts& facts, base::IpAddress::Family family) {
  for (const auto& interface : facts.interfaces) {
    for (const auto& address : interface.addresses) {
      if (address == base::IpAddress::loopback(family)) return true;
    }
  }
  return false;
}

}  // namespace

HostFacts facts_of(env::Host& host) {
  HostFacts facts;
  if (auto interfaces = host.interfaces()) facts.interfaces = std::move(*interfaces);
  if (auto gateways = host.gateways()) facts.gateways = std::move(*gateways);
  if (auto resolvers = host.resolvers()) facts.resolvers = std::move(*resolvers);
  if (auto interface = host.default_interface()) facts.default_interface = std::move(*interface);
  facts.processors = host.processors();
  return facts;
}

std::vector<record::ProbePlan> found_probes(const HostFacts& facts, Targets targets) {
  using Family = base::IpAddress::Family;
  std::vector<record::ProbePlan> probes;
  if (targets == Targets::none) return probes;
  if (has_loopback(facts, Family::v4)) probes.push_back(icmp("loopback", base::IpAddress::loopback(Family::v4)));
  if (has_loopback(facts, Family::v6)) probes.push_back(icmp("loopback6", base::IpAddress::loopback(Family::v6)));
  if (targets == Targets::loopback) return probes;

  std::set<base::IpAddress> seen;
  std::size_t v4 = 0;
  std::size_t v6 = 0;
  for (const auto& gateway : facts.gateways) {
    if (!seen.insert(gateway.address).second) continue;
    const bool is_v4 = gateway.address.is_v4();
    probes.push_back(icmp(is_v4 ? numbered("gateway", v4++) : numbered("gateway6", v6++), gateway.address));
  }
  std::size_t number = 0;
  for (const auto& resolver : facts.resolvers) {
    const std::string name = numbered("resolver", number++);
    if (seen.insert(resolver).second && !resolver.is_loopback()) probes.push_back(icmp(name + "-icmp", resolver));
    probes.push_back({name, record::ProbeKind::dns, to_string(resolver), ".", kDnsInterval, kDnsTimeout});
  }
  return probes;
}

record::Plan plan_of(const config::Settings& settings, const HostFacts& facts, std::uint64_t version) {
  record::Plan plan;
  plan.version = version;
  plan.probes = found_probes(facts, settings.targets);
  for (const auto& probe : settings.probes) {
    const auto found = std::ranges::find(plan.probes, probe.name, &record::ProbePlan::name);
    if (found == plan.probes.end()) {
      plan.probes.push_back(probe);
    } else {
      *found = probe;
    }
  }
  return plan;
}

std::vector<std::string> own_addresses(const HostFacts& facts) {
  std::vector<std::string> addresses;
  for (const auto& interface : facts.interfaces) {
    if (!interface.up || interface.loopback) continue;
    for (const auto& address : interface.addresses) {
      if (!address.is_link_local()) addresses.push_back(to_string(address));
    }
  }
  return addresses;
}

}  // namespace holter::app

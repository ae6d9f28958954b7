// The plan: what is found by itself (the loopback, the gateways and the resolvers, which is where an outage shows
// first) and what the settings name. Pure: takes what env::Host found.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "config/settings.h"
#include "env/host.h"
#include "record/probe_plan.h"

namespace holter::app {

using config::Targets;

struct HostFacts {
  std::vector<env::Interface> interfaces;
  std::vector<env::Gateway> gateways;
  std::vector<base::IpAddress> resolvers;
  std::string default_interface;
  unsigned processors = 1;
};

// What could not be asked is empty.
HostFacts facts_of(env::Host& host);

// What is found: ICMP every second to each, DNS to the resolvers every ten. Link-local gateways keep their zone.
std::vector<record::ProbePlan> found_probes(const HostFacts& facts, Targets targets);

// With the configured probes behind; one that has the name of a found probe stands in its place.
record::Plan plan_of(const config::Settings& settings, const HostFacts& facts, std::uint64_t version);

// Addresses that other hosts can reach this one by; for the banner.
std::vector<std::string> own_addresses(const HostFacts& facts);

}  // namespace holter::app

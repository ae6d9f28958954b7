#include "app/plan.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }

HostFacts home() {
  HostFacts facts;
  facts.interfaces = {{1, "lo", "", {address("127.0.0.1"), address("::1")}, true, true},
                      {2, "eth0", "02:00:00:00:00:01", {address("192.0.2.10"), address("fe80::1%2")}, true, false},
                      {3, "eth1", "02:00:00:00:00:02", {address("198.51.100.1")}, false, false}};
  facts.gateways = {
      {address("192.0.2.1"), "eth0", 100}, {address("192.0.2.2"), "eth0", 200}, {address("fe80::9%2"), "eth0", 0}};
  facts.resolvers = {address("192.0.2.1"), address("127.0.0.53"), address("203.0.113.5")};
  return facts;
}

std::vector<std::string> lines(const std::vector<record::ProbePlan>& probes) {
  std::vector<std::string> out;
  for (const auto& probe : probes) {
    out.push_back(probe.name + ' ' + std::string(to_string(probe.kind)) + ' ' + probe.target);
  }
  return out;
}

TEST(Plan, AsksLoopbackGatewaysAndResolversOnceEach) {
  EXPECT_EQ(lines(found_probes(home(), Targets::found)),
            (std::vector<std::string>{"loopback icmp 127.0.0.1", "loopback6 icmp ::1", "gateway icmp 192.0.2.1",
                                      "gateway-2 icmp 192.0.2.2", "gateway6 icmp fe80::9%2", "resolver dns 192.0.2.1",
                                      "resolver-2 dns 127.0.0.53", "resolver-3-icmp icmp 203.0.113.5",
                                      "resolver-3 dns 203.0.113.5"}));
}

TEST(Plan, LeavesAllButTheLoopbackOutOnRequest) {
  EXPECT_EQ(lines(found_probes(home(), Targets::loopback)),
            (std::vector<std::string>{"loopback icmp 127.0.0.1", "loopback6 icmp ::1"}));
}

TEST(Plan, OfNothingFoundIsWhatTheSettingsName) {
  config::Settings settings;
  settings.targets = Targets::none;
  settings.probes = {{.name = "web", .kind = record::ProbeKind::http, .target = "http://192.0.2.7/"}};
  const auto plan = plan_of(settings, home(), 7);
  EXPECT_EQ(plan.version, 7U);
  EXPECT_EQ(lines(plan.probes), (std::vector<std::string>{"web http http://192.0.2.7/"}));
}

TEST(Plan, TakesAConfiguredProbeInPlaceOfAFoundOneOfItsName) {
  config::Settings settings;
  settings.targets = Targets::loopback;
  settings.probes = {{.name = "loopback", .target = "127.0.0.2"}, {.name = "more", .target = "192.0.2.7"}};
  EXPECT_EQ(lines(plan_of(settings, home(), 1).probes),
            (std::vector<std::string>{"loopback icmp 127.0.0.2", "loopback6 icmp ::1", "more icmp 192.0.2.7"}));
}

TEST(Plan, NamesAddressesThatOthersCanUse) {
  EXPECT_EQ(own_addresses(home()), (std::vector<std::string>{"192.0.2.10"}));
}

}  // namespace
}  // namespace holter::app

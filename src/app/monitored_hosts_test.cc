#include "app/monitored_hosts.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

using base::IpAddress;
using Hosts = std::vector<IpAddress>;

const IpAddress kPrinter = IpAddress::v4({192, 0, 2, 7});

IpAddress address(std::uint8_t last) { return IpAddress::v4({198, 51, 100, last}); }

config::Settings settings() {
  config::Settings settings;
  settings.sessions = {{.name = "printer", .traffic = {kPrinter}}, {.name = "db1"}};
  return settings;
}

record::Plan plan_of(std::vector<record::ProbePlan> probes) { return {.probes = std::move(probes)}; }

record::ProbeResult result_of(const std::string& probe, const std::string& target, const IpAddress& asked) {
  record::ProbeResult result;
  result.probe = probe;
  result.target = base::UntrustedText(target);
  result.address = to_string(asked);
  return result;
}

MonitoredHosts of_names(const std::vector<record::ProbePlan>& probes) {
  MonitoredHosts monitored;
  monitored.set({}, plan_of(probes));
  monitored.take_changed();
  return monitored;
}

TEST(MonitoredHosts, ThoseThatAreAwaitedOrProbedByTheirAddresses) {
  MonitoredHosts monitored;
  monitored.set(settings(),
                plan_of({{.name = "gateway", .target = "192.0.2.1"},
                         {.name = "self", .target = "127.0.0.1"},
                         {.name = "db", .kind = record::ProbeKind::tcp, .target = "[2001:db8::1]:5432"},
                         {.name = "page", .kind = record::ProbeKind::http, .target = "http://192.0.2.3:80/x"},
                         {.name = "name", .target = "db.example"}}));
  EXPECT_TRUE(monitored.take_changed());
  EXPECT_FALSE(monitored.take_changed());
  EXPECT_EQ(monitored.hosts(), (Hosts{kPrinter, IpAddress::v4({192, 0, 2, 1}), *IpAddress::parse("2001:db8::1"),
                                      IpAddress::v4({192, 0, 2, 3})}));
}

TEST(MonitoredHosts, ANameIsTheAddressThatItsProbeAsked) {
  auto monitored = of_names({{.name = "db", .target = "db.example"}});
  monitored.learn(result_of("db", "db.example", address(1)));
  EXPECT_TRUE(monitored.take_changed());
  EXPECT_EQ(monitored.hosts(), Hosts{address(1)});
  monitored.learn(result_of("db", "db.example", address(1)));
  EXPECT_FALSE(monitored.take_changed()) << "known";
}

TEST(MonitoredHosts, OtherResultsTeachNothing) {
  auto monitored = of_names({{.name = "db", .target = "db.example"}, {.name = "gateway", .target = "192.0.2.1"}});
  monitored.learn(result_of("on request", "elsewhere.example", address(1)));
  monitored.learn(result_of("db", "old.example", address(2)));
  monitored.learn(result_of("db", "db.example", IpAddress::loopback(IpAddress::Family::v4)));
  monitored.learn(result_of("gateway", "192.0.2.1", IpAddress::v4({192, 0, 2, 1})));
  record::ProbeResult unresolved = result_of("db", "db.example", address(3));
  unresolved.address.clear();
  monitored.learn(unresolved);
  EXPECT_FALSE(monitored.take_changed());
  EXPECT_EQ(monitored.hosts(), Hosts({IpAddress::v4({192, 0, 2, 1})}));
}

TEST(MonitoredHosts, OfANameTheNewestAddressesCount) {
  auto monitored = of_names({{.name = "cdn", .target = "cdn.example"}});
  for (std::uint8_t n = 1; n <= 6; ++n) monitored.learn(result_of("cdn", "cdn.example", address(n)));
  EXPECT_EQ(monitored.hosts(), (Hosts{address(3), address(4), address(5), address(6)}));
}

TEST(MonitoredHosts, AReloadKeepsWhatHoldsStill) {
  auto monitored = of_names({{.name = "a", .target = "a.example"},
                             {.name = "b", .target = "b.example"},
                             {.name = "c", .target = "c.example"}});
  for (const std::string name : {"a", "b", "c"}) {
    monitored.learn(result_of(name, name + ".example", address(static_cast<std::uint8_t>(name.front()))));
  }
  monitored.set({}, plan_of({{.name = "a", .target = "a.example"}, {.name = "b", .target = "other.example"}}));
  EXPECT_EQ(monitored.hosts(), Hosts{address('a')});
}

}  // namespace
}  // namespace holter::app

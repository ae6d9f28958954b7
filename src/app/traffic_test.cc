#include "app/traffic.h"

#include <gtest/gtest.h>

#include "app/heartbeat_plan.h"

namespace holter::app {
namespace {

using base::Duration;
using capture::CaptureSnapshot;
using capture::CaptureState;

const base::IpAddress kPrinter = base::IpAddress::v4({192, 0, 2, 7});
const base::IpAddress kScanner = base::IpAddress::v4({192, 0, 2, 8});

config::Settings settings() {
  config::Settings settings;
  settings.sessions = {{.name = "printer", .interval = Duration::seconds(2), .traffic = {kPrinter}},
                       {.name = "db1", .interval = Duration::seconds(1)},
                       {.name = "scanner", .traffic = {kScanner}}};
  return settings;
}

CaptureSnapshot snapshot(CaptureState state, bool loopback = false) {
  CaptureSnapshot snapshot;
  snapshot.interface = loopback ? "lo" : "eth0";
  snapshot.interface_index = 3;
  snapshot.loopback = loopback;
  snapshot.state = state;
  snapshot.why = "it is down; holter goes on trying";
  return snapshot;
}

TEST(Traffic, HostsAreToldFourTimesAnIntervalAndOnceASecondAtMost) {
  const std::vector<capture::AwaitedHost> expected = {{kPrinter, Duration::milliseconds(500)},
                                                      {kScanner, Duration::seconds(1)}};
  EXPECT_EQ(awaited_hosts(settings()), expected);
}

TEST(Traffic, SessionsKnowTheirAddresses) {
  const auto sessions = expected_sessions(settings());
  ASSERT_EQ(sessions.size(), 3U);
  EXPECT_EQ(sessions[0].traffic, std::vector{kPrinter});
  EXPECT_TRUE(sessions[1].traffic.empty());
}

TEST(Traffic, ACaptureHearsOrSaysWhyNot) {
  EXPECT_EQ(hearing_of(snapshot(CaptureState::capturing)), (heartbeat::Hearing{3, "eth0", ""}));
  EXPECT_EQ(hearing_of(snapshot(CaptureState::waiting))->deaf,
            "nothing is captured on eth0: it is down; holter goes on trying");
  EXPECT_EQ(hearing_of(snapshot(CaptureState::capturing, true))->deaf,
            "only this host is on lo; capture.interface chooses another");
  EXPECT_EQ(hearing_of(snapshot(CaptureState::off)), std::nullopt) << "it is renamed, or ends";
}

TEST(Traffic, SilenceProvesNothingWhileOneInterfaceIsDeaf) {
  Hearings hearings;
  const heartbeat::Hearing first{3, "eth0", ""};
  const heartbeat::Hearing second{4, "eth1", ""};
  const auto down = deaf("eth1", "it is down");
  const auto loopback = *hearing_of(snapshot(CaptureState::capturing, true));
  EXPECT_EQ(hearings.set(0, first), first);
  EXPECT_EQ(hearings.set(1, down), down);
  EXPECT_EQ(hearings.link_of(0), 3U);
  EXPECT_EQ(hearings.set(2, loopback), down);
  EXPECT_EQ(hearings.set(1, second), first);
  EXPECT_EQ(hearings.link_of(1), 4U);
  EXPECT_EQ(hearings.link_of(9), 0U);
  EXPECT_EQ(Hearings().set(0, loopback), loopback) << "when it is all there is";
}

}  // namespace
}  // namespace holter::app

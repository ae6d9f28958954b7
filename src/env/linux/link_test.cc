// What the kernel says of one interface, in a namespace of the test's own.
#include <net/if.h>

#include <cstdlib>

#include "env/linux/host.h"
#include "env/linux/test_namespace.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

bool ip(const std::string& arguments) { return std::system(("ip " + arguments).c_str()) == 0; }

TEST(Link, TellsAtOnceWhichEndIsDown) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Host host;
    ASSERT_TRUE(ip("link add near type veth peer name far"));
    ASSERT_TRUE(ip("link set near up") && ip("link set far up"));
    const auto index = if_nametoindex("near");
    const auto up = host.link(index).value();
    EXPECT_EQ(up.name, "near");
    EXPECT_TRUE(up.enabled && up.carrier && up.wired && !up.loopback);
    ASSERT_TRUE(ip("link set far down"));
    const auto without_carrier = host.link(index).value();
    EXPECT_TRUE(without_carrier.enabled && !without_carrier.carrier);
    EXPECT_EQ(without_carrier.carrier_losses, up.carrier_losses + 1);
    ASSERT_TRUE(ip("link set near down"));
    EXPECT_FALSE(host.link(index).value().enabled);
    ASSERT_TRUE(ip("link del near"));
    EXPECT_EQ(host.link(index).error().kind, base::ErrorKind::not_found);
  }));
}

TEST(Link, CountsWhatItReceives) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Host host;
    const auto index = if_nametoindex("lo");
    const auto before = host.link(index).value();
    EXPECT_TRUE(before.loopback && before.carrier && !before.wired);
    ASSERT_EQ(std::system("python3 -c 'import socket; "
                          "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b\"x\", (\"127.0.0.1\", 9))'"),
              0);
    EXPECT_GT(host.link(index).value().received_frames, before.received_frames);
  }));
}

}  // namespace
}  // namespace holter::env_linux

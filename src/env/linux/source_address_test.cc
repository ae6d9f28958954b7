#include "env/linux/source_address.h"

#include <gtest/gtest.h>

#include "env/linux/test_namespace.h"

namespace holter::env_linux {
namespace {

using base::IpAddress;

TEST(SourceAddress, IsTheOneTheRouteSays) {
  const auto outcome = run_in_namespace([] {
    EXPECT_EQ(std::system("ip link add left type veth peer name right && ip addr add 192.0.2.2/24 dev left &&"
                          "ip link set left up && ip link set right up"),
              0);
    EXPECT_EQ(*source_for(IpAddress::v4({127, 0, 0, 1})), IpAddress::v4({127, 0, 0, 1}));
    EXPECT_EQ(*source_for(IpAddress::loopback(IpAddress::Family::v6)), IpAddress::loopback(IpAddress::Family::v6));
    EXPECT_EQ(*source_for(IpAddress::v4({192, 0, 2, 9})), IpAddress::v4({192, 0, 2, 2}));
    const auto nowhere = source_for(IpAddress::v4({198, 51, 100, 1}));
    EXPECT_TRUE(!nowhere && nowhere.error().kind == base::ErrorKind::unreachable);
  });
  if (outcome == NamespaceOutcome::not_allowed) GTEST_SKIP() << "the kernel gives no user and network namespace here";
  EXPECT_EQ(outcome, NamespaceOutcome::passed);
}

}  // namespace
}  // namespace holter::env_linux

#include "app/path_text.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

using base::Duration;

record::Branch branch(const char* address, std::uint32_t answered) {
  const auto ms = [](int n) { return Duration::microseconds(100 * n); };
  return {.address = base::IpAddress::parse(address).value(),
          .answered = answered,
          .rtt_min = ms(1),
          .rtt_avg = ms(2),
          .rtt_max = ms(12)};
}

TEST(PathText, IsATableOfHops) {
  record::Path path{.hops = {}, .end = record::PathEnd::unreachable};
  path.hops.push_back({.ttl = 1, .sent = 6, .branches = {branch("192.0.2.1", 6)}});
  path.hops.push_back({.ttl = 2, .sent = 3, .branches = {}});
  path.hops.push_back({.ttl = 3, .sent = 11, .branches = {branch("192.0.2.3", 5), branch("192.0.2.4", 6)}});
  path.hops[2].branches[1].labels = {16'001, 24};
  path.hops.push_back({.ttl = 4, .sent = 0, .shared = true, .branches = {branch("192.0.2.5", 0)}});
  path.hops.push_back({.ttl = 5, .sent = 3, .branches = {branch("192.0.2.6", 3)}});
  path.hops[4].branches[0].icmp_type = 3;
  EXPECT_EQ(path_table(path, {}),
            "hop  address         min       avg       max  count  \n"
            "  1  192.0.2.1  0.100 ms  0.200 ms  1.200 ms      6  \n"
            "  2  *                 *         *         *      0  \n"
            "  3  192.0.2.3  0.100 ms  0.200 ms  1.200 ms      5  \n"
            "     192.0.2.4  0.100 ms  0.200 ms  1.200 ms      6  MPLS 16001/24\n"
            "  4  192.0.2.5         *         *         *      0  known from another trace\n"
            "  5  192.0.2.6  0.100 ms  0.200 ms  1.200 ms      3  network unreachable\n");
  EXPECT_EQ(path_table({}, {}), "");
}

}  // namespace
}  // namespace holter::app

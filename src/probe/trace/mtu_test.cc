#include "probe/trace/mtu.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

// What it finds on a path whose routers say, or do not say, that they have only `mtu`.
std::optional<std::uint32_t> found_on(std::uint32_t mtu, bool told, std::uint32_t least = 68) {
  PathMtu search(least);
  while (const auto size = search.next()) {
    if (*size <= mtu) {
      search.on_passed();
    } else if (told) {
      search.on_too_big(mtu);
    } else {
      search.on_silence();
    }
  }
  return search.found();
}

TEST(PathMtu, ARouterThatSaysSoIsBelieved) {
  EXPECT_EQ(found_on(1'500, true), 1'500);
  EXPECT_EQ(found_on(9'000, true), 1'500);
  EXPECT_EQ(found_on(1'337, true), 1'337);
  EXPECT_EQ(found_on(1'280, true, 1'280), 1'280);
}

TEST(PathMtu, WhereNobodySaysTheUsualSizesAreTried) {
  EXPECT_EQ(found_on(1'500, false), 1'500);
  EXPECT_EQ(found_on(1'450, false), 1'420);
}

TEST(PathMtu, HostileFiguresEndIt) {
  PathMtu search(68);
  int tries = 0;
  for (; search.next(); ++tries) search.on_too_big(tries % 2 == 0 ? 0 : 65'535);
  EXPECT_LE(tries, PathMtu::kMaxTries);
  EXPECT_FALSE(search.found());
  EXPECT_FALSE(found_on(100, true, 1'280)) << "no path of IPv6 is as narrow";
  EXPECT_FALSE(found_on(0, false));
}

}  // namespace
}  // namespace holter::probe

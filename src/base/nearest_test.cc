#include "base/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace holter::base {
namespace {

const std::vector<std::string> kKeys = {"interval", "timeout", "target", "tcp", "icmp"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("intervall", kKeys), "interval");
  EXPECT_EQ(nearest("timoeut", kKeys), "timeout");
  EXPECT_EQ(nearest("TARGET", kKeys), "target");
  EXPECT_EQ(nearest("icpm", kKeys), "icmp");
  EXPECT_EQ(nearest("int", kKeys), "interval");
  EXPECT_EQ(nearest("targeting", kKeys), "target");
}

TEST(Nearest, SaysNothingRatherThanNonsense) {
  EXPECT_EQ(nearest("colour", kKeys), std::nullopt);
  EXPECT_EQ(nearest("", kKeys), std::nullopt);
  EXPECT_EQ(nearest("xyz", kKeys), std::nullopt);
  EXPECT_EQ(nearest(std::string(1'000, 't'), kKeys), std::nullopt);
  EXPECT_EQ(nearest("interval", {}), std::nullopt);
}

TEST(Nearest, IsASentenceForMessages) {
  EXPECT_EQ(did_you_mean("intervall", kKeys), "; did you mean 'interval'?");
  EXPECT_EQ(did_you_mean("colour", kKeys), "");
}

}  // namespace
}  // namespace holter::base

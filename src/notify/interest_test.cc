#include "notify/interest.h"

#include <gtest/gtest.h>

#include "notify/changes_test.h"

namespace holter::notify {
namespace {

using enum record::SessionState;

class InterestTest : public ::testing::Test {
 protected:
  InterestTest() { interest_.set(options_); }
  bool wants(record::SessionState from, record::SessionState to, const std::string& session = "db1") {
    return interest_.wants(change_of(++sequence_, session, from, to));
  }

  Options options_{.name = "pager"};
  Interest interest_;
  std::uint64_t sequence_ = 0;
};

TEST_F(InterestTest, ByDefaultUpDownAndClosed) {
  EXPECT_TRUE(wants(init, up));
  EXPECT_FALSE(wants(up, pulsing));
  EXPECT_TRUE(wants(pulsing, down));
  EXPECT_TRUE(wants(down, up));
  EXPECT_TRUE(wants(up, admin_down));
  EXPECT_TRUE(wants(admin_down, up));
  EXPECT_FALSE(wants(up, up));  // it moved
}

TEST_F(InterestTest, AWayBackThroughStatesNobodyAskedForIsNoNews) {
  EXPECT_FALSE(wants(up, pulsing));
  EXPECT_FALSE(wants(pulsing, up));
  EXPECT_FALSE(wants(up, init));  // restored after a restart
  EXPECT_FALSE(wants(init, blind));
  EXPECT_FALSE(wants(blind, up));
  EXPECT_FALSE(wants(up, init));
  EXPECT_FALSE(wants(init, pulsing));
  EXPECT_TRUE(wants(pulsing, down));
}

TEST_F(InterestTest, ADetourBegunBeforeTheStartIsTakenToBeginUp) {
  EXPECT_FALSE(wants(pulsing, up));
  EXPECT_FALSE(wants(pulsing, init, "db2"));
  EXPECT_FALSE(wants(init, up, "db2"));
  EXPECT_TRUE(wants(pulsing, down, "db3"));
}

TEST_F(InterestTest, StatesThatAreAskedForAreTold) {
  options_.states = {pulsing, up, blind};
  interest_.set(options_);
  EXPECT_TRUE(wants(up, pulsing));
  EXPECT_TRUE(wants(pulsing, up));
  EXPECT_TRUE(wants(up, blind));
  EXPECT_FALSE(wants(blind, down));
}

TEST_F(InterestTest, DownAloneIsToldEachTime) {
  options_.states = {down};
  interest_.set(options_);
  EXPECT_TRUE(wants(pulsing, down));
  EXPECT_FALSE(wants(down, up));
  EXPECT_FALSE(wants(up, pulsing));
  EXPECT_TRUE(wants(pulsing, down));
}

TEST_F(InterestTest, SessionsByTheirNames) {
  options_.sessions = {"db*", "web?"};
  interest_.set(options_);
  EXPECT_TRUE(wants(init, up, "db1"));
  EXPECT_TRUE(wants(init, up, "web1"));
  EXPECT_FALSE(wants(init, up, "web12"));
  EXPECT_FALSE(wants(init, up, "mail"));
}

TEST(IsLike, KnowsStarsAndQuestionMarks) {
  EXPECT_TRUE(is_like("", ""));
  EXPECT_TRUE(is_like("", "**"));
  EXPECT_FALSE(is_like("a", ""));
  EXPECT_TRUE(is_like("abc", "a*c"));
  EXPECT_TRUE(is_like("abcbc", "a*bc"));
  EXPECT_FALSE(is_like("abcb", "a*bc"));
  EXPECT_TRUE(is_like("a*b", "a*b"));
  EXPECT_FALSE(is_like("ab", "a?b"));
  EXPECT_TRUE(is_like(std::string("a\0b", 3), "a?b"));
  EXPECT_FALSE(is_like(std::string(255, 'a'), "*a*a*a*a*a*a*a*a*b"));
}

}  // namespace
}  // namespace holter::notify

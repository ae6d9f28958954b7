#include "base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace holter::base {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{ErrorKind::invalid, std::to_string(n) + " is odd"};
  return n / 2;
}

Result<> halve_twice(int n) {
  const auto once = half(n);
  if (!once) return with_context("once", once.error());
  const auto twice = half(*once);
  if (!twice) return with_context("twice", twice.error());
  return {};
}

TEST(Result, CarriesAValueOrAnError) {
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_TRUE(halve_twice(8).has_value());
  const auto failed = halve_twice(6);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error(), (Error{ErrorKind::invalid, "twice: 3 is odd"}));
  EXPECT_EQ(to_string(failed.error()), "invalid: twice: 3 is odd");
}

TEST(Result, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  const auto kinds = static_cast<unsigned>(ErrorKind::io) + 1;
  for (unsigned kind = 0; kind < kinds; ++kind) names.insert(to_string(static_cast<ErrorKind>(kind)));
  EXPECT_EQ(names.size(), kinds);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(ResultDeathTest, AFailedResultHasNoValue) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(half(3).value()), "result_test.cc:[0-9]+: assertion failed: 3 is odd");
}

}  // namespace
}  // namespace holter::base

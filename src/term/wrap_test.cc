#include "term/wrap.h"

#include <gtest/gtest.h>

namespace holter::term {
namespace {

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_EQ(wrap("one two three", 9, 0), "one two\nthree\n");
  EXPECT_EQ(wrap("one two three", 13, 0), "one two three\n");
}

TEST(Wrap, IndentsAllButTheFirstLine) { EXPECT_EQ(wrap("one two three", 11, 2), "one two\n  three\n"); }

TEST(Wrap, LeavesAWordThatIsTooLong) { EXPECT_EQ(wrap("a incomprehensible b", 6, 0), "a\nincomprehensible\nb\n"); }

TEST(Wrap, CountsColumnsNotBytes) { EXPECT_EQ(wrap("äöü äöü", 7, 0), "äöü äöü\n"); }

TEST(Wrap, KeepsParagraphsApart) { EXPECT_EQ(wrap("one\n\ntwo", 20, 2), "one\n\n  two\n"); }

TEST(Wrap, OfNothingIsALineBreak) { EXPECT_EQ(wrap("", 20, 2), "\n"); }

}  // namespace
}  // namespace holter::term

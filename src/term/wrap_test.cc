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

TEST(Folded, BreaksOnlyLinesThatAreTooLong) {
  EXPECT_EQ(folded("one two\n  three   four", 20), "one two\n  three   four\n");
  EXPECT_EQ(folded("one two three four", 9), "one two\n  three\n  four\n");
  EXPECT_EQ(folded("one two three\n", 13), "one two three\n");
  EXPECT_EQ(folded("one two three", 7), "one two\n  three\n");
  EXPECT_EQ(folded("", 9), "\n");
  EXPECT_EQ(folded("a\n\nb\n", 9), "a\n\nb\n");
}

TEST(Folded, CutsAWordThatIsLongerThanALine) {
  EXPECT_EQ(folded("abcdefghij", 6), "abcdef\n  ghij\n");
  EXPECT_EQ(folded("  abcdefghij", 6), "  abcd\n  efgh\n  ij\n");
  EXPECT_EQ(folded("äöüäöüä", 6), "äöüäöü\n  ä\n");
  EXPECT_EQ(folded("abc", 0), "abc\n");
}

}  // namespace
}  // namespace holter::term

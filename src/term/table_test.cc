#include "term/table.h"

#include <gtest/gtest.h>

namespace holter::term {
namespace {

TEST(Table, AlignsColumnsAndCutsTheLast) {
  Table table({{"name"}, {"rtt", true}, {"why"}});
  table.add({{"gateway"}, {"1.2 ms"}, {"a long explanation that does not fit"}});
  table.add({{"x"}, {"120 ms"}, {""}});
  EXPECT_EQ(table.draw({30, false}),
            "name        rtt  why\n"
            "gateway  1.2 ms  a long expla…\n"
            "x        120 ms  \n");
}

TEST(Table, ALastColumnToTheRightStaysOnTheScreen) {
  Table table({{"name"}, {"count", true}});
  table.add({{"gateway"}, {"1234567890"}});
  table.add({{"x"}, {"1"}});
  EXPECT_EQ(table.draw({14, false}), "name     count\ngateway  1234…\nx            1\n");
}

TEST(Table, CountsCodePointsNotBytes) {
  Table table({{"a"}, {"b"}});
  table.add({{"é"}, {"x"}});
  table.add({{"ab"}, {"y"}});
  EXPECT_EQ(table.draw({80, false}), "a   b\né   x\nab  y\n");
}

TEST(Table, ColoursOnlyWhereTheyAreWelcome) {
  Table table({{"state"}});
  table.add({{"down", Tone::bad}});
  EXPECT_EQ(table.draw({80, false}), "state\ndown\n");
  EXPECT_EQ(table.draw({80, true}), "\x1b[2mstate\x1b[0m\n\x1b[31mdown\x1b[0m\n");
}

}  // namespace
}  // namespace holter::term

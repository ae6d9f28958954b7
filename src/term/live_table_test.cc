#include "term/live_table.h"

#include <gtest/gtest.h>

namespace holter::term {
namespace {

TEST(LiveTable, IsDrawnOverItself) {
  LiveTable table;
  EXPECT_EQ(table.end(), "");
  EXPECT_EQ(table.draw("a\nb\n"), "\x1b[?25la\x1b[K\nb\x1b[K\n\x1b[J");
  EXPECT_EQ(table.draw("c\n"), "\x1b[2A\rc\x1b[K\n\x1b[J");
  EXPECT_EQ(table.draw("d\n"), "\x1b[1A\rd\x1b[K\n\x1b[J");
  EXPECT_EQ(table.end(), "\x1b[?25h");
}

TEST(LiveTable, BeginsAtTheTopAfterAResize) {
  LiveTable table;
  table.draw("a\nb\n");
  table.resized();
  EXPECT_EQ(table.draw("a\n"), "\x1b[H\x1b[2Ja\x1b[K\n\x1b[J");
  EXPECT_EQ(table.draw("a\n"), "\x1b[1A\ra\x1b[K\n\x1b[J");
}

}  // namespace
}  // namespace holter::term

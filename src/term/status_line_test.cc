#include "term/status_line.h"

#include <gtest/gtest.h>

namespace holter::term {
namespace {

TEST(StatusLine, IsWrittenOverAndCleared) {
  StatusLine line;
  EXPECT_EQ(line.clear(), "");
  EXPECT_EQ(line.draw("12 packets", {80, false}), "\r\x1b[K12 packets");
  EXPECT_EQ(line.clear(), "\r\x1b[K");
  EXPECT_EQ(line.clear(), "");
}

TEST(StatusLine, NeverWraps) {
  StatusLine line;
  EXPECT_EQ(line.draw("abcdef", {4, false}), "\r\x1b[Kabc");
  EXPECT_EQ(line.draw("äöüäöü", {4, false}), "\r\x1b[Käöü");
}

}  // namespace
}  // namespace holter::term

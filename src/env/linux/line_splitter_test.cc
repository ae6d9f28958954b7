#include "env/linux/line_splitter.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/seed_test.h"

namespace holter::env_linux {
namespace {

using Lines = std::vector<std::string>;

void take(LineSplitter& splitter, Lines& lines) {
  while (auto line = splitter.next()) lines.push_back(*line);
}

Lines split(const std::vector<std::string_view>& pieces, std::size_t most = 100) {
  LineSplitter splitter(most);
  Lines lines;
  for (const auto piece : pieces) {
    splitter.add(piece);
    take(splitter, lines);
  }
  splitter.end();
  take(splitter, lines);
  EXPECT_TRUE(splitter.finished());
  return lines;
}

TEST(LineSplitter, MakesLinesOfPieces) {
  EXPECT_EQ(split({}), Lines{});
  EXPECT_EQ(split({"a\n\nb c\r\n"}), (Lines{"a", "", "b c\r"}));
  EXPECT_EQ(split({"a", "b", "\n", "c\nd", "e"}), (Lines{"ab", "c", "de"}));
  EXPECT_EQ(split({std::string_view("x\0y\n", 4)}), (Lines{std::string("x\0y", 3)}));
}

TEST(LineSplitter, ALineHasNoEndUntilTheInputHas) {
  LineSplitter splitter(100);
  splitter.add("half");
  EXPECT_FALSE(splitter.next());
  EXPECT_FALSE(splitter.finished());
  splitter.end();
  EXPECT_FALSE(splitter.finished());
  EXPECT_EQ(splitter.next(), "half");
  EXPECT_FALSE(splitter.next());
  EXPECT_TRUE(splitter.finished());
}

TEST(LineSplitter, CutsWhatIsTooLong) {
  EXPECT_EQ(split({"1234\n12345\n123456\n1\n"}, 5), (Lines{"1234", "12345", "12345", "1"}));
  EXPECT_EQ(split({"123", "456", "789\nab", "cdefg", "\nh"}, 5), (Lines{"12345", "abcde", "h"}));
}

// Against all at once, however it comes and whenever it is taken.
TEST(LineSplitter, HowItComesMakesNoDifference) {
  auto random = base::seeded_random();
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::size_t i = 0, size = random() % 60; i < size; ++i) text += random() % 5 == 0 ? '\n' : 'a';
    const Lines expected = split({text}, 7);
    LineSplitter splitter(7);
    Lines lines;
    for (std::string_view left = text; !left.empty();) {
      const std::size_t size = 1 + random() % left.size();
      splitter.add(left.substr(0, size));
      left.remove_prefix(size);
      if (random() % 2 == 0) take(splitter, lines);
    }
    splitter.end();
    take(splitter, lines);
    ASSERT_EQ(lines, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace holter::env_linux

#include "imports/yaml.h"

#include <gtest/gtest.h>

namespace holter::imports {
namespace {

TEST(Yaml, KeepsTheLinesOfEverything) {
  const auto root = parse_yaml("a: 1\nb:\n  - x\n  - {c: yes}\nd:\n");
  ASSERT_TRUE(root.has_value()) << root.error().message;
  EXPECT_EQ(root->text_of("a"), "1");
  EXPECT_EQ(root->text_of("none", "else"), "else");
  const Yaml& list = *root->find("b");
  EXPECT_EQ(list.line, 2U);
  EXPECT_EQ(list.items[0].line, 3U);
  EXPECT_EQ(list.texts(), std::vector<std::string>{"x"});
  EXPECT_TRUE(list.items[1].find("c")->is_true());
  EXPECT_EQ(root->find("d")->kind, Yaml::Kind::nothing);
  EXPECT_EQ(root->find("d")->line, 5U);
}

TEST(Yaml, SaysWhereItIsNone) {
  EXPECT_EQ(parse_yaml("a: 1\nb: [").error().message.substr(0, 6), "line 2");
  EXPECT_FALSE(parse_yaml("a: b: c").has_value());
}

TEST(Yaml, IsBounded) {
  EXPECT_FALSE(parse_yaml(std::string(100, '[') + std::string(100, ']')).has_value());
  EXPECT_FALSE(parse_yaml(std::string(200'000, '[')).has_value());
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += before + (j < 9 ? ", " : "]\n");
  }
  EXPECT_EQ(parse_yaml(bomb).error().message, "is too deep in itself, or has more than 100,000 parts");
}

}  // namespace
}  // namespace holter::imports

#include "base/id.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

constexpr std::string_view kText = "00112233445566778899aabbccddeeff";

TEST(AgentId, ReadsWhatItWrites) {
  const auto id = parse_agent_id(kText);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->bytes[0], 0x00);
  EXPECT_EQ(id->bytes[1], 0x11);
  EXPECT_EQ(id->bytes[15], 0xff);
  EXPECT_EQ(to_string(*id), kText);
  EXPECT_EQ(to_string(AgentId()), std::string(32, '0'));
}

TEST(AgentId, RefusesAllElseAndSaysWhere) {
  for (const std::string_view text :
       {"", "0", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0"}) {
    const auto id = parse_agent_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().kind, ErrorKind::invalid);
    EXPECT_NE(id.error().message.find("this has " + std::to_string(text.size())), std::string::npos);
  }
  for (const char wrong : {'g', 'A', ' ', '\0', '\xff', '-'}) {
    std::string text(kText);
    text[6] = wrong;
    const auto id = parse_agent_id(text);
    ASSERT_FALSE(id) << wrong;
    EXPECT_EQ(id.error().message, "character 7 of the agent id is not one of 0-9 and a-f");
  }
}

TEST(AgentId, IsOrderedByItsBytes) {
  AgentId small;
  AgentId large;
  small.bytes[15] = 0xff;
  large.bytes[0] = 1;
  EXPECT_LT(small, large);
  EXPECT_NE(small, large);
}

}  // namespace
}  // namespace holter::base

#include "heartbeat/client_key.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

ClientKey example() {
  ClientKey key{.id = 7, .secret = {}};
  for (std::size_t i = 0; i < key.secret.size(); ++i) key.secret[i] = static_cast<std::uint8_t>(0xff - 5 * i);
  return key;
}

TEST(ClientKey, ComesBackAsItWasWritten) {
  const std::string text = key_text(example(), "db1");
  EXPECT_EQ(text.size(), kKeyTextBytes);
  EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."),
            std::string::npos)
      << "a shell takes it as it is: " << text;
  const auto read = parse_key(" \t" + text + "\r\n", "db1");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(ClientKey, OfAnotherNameIsNone) {
  const std::string text = key_text(example(), "db1");
  EXPECT_FALSE(parse_key(text, "db2"));
  EXPECT_FALSE(parse_key(text, ""));
  EXPECT_FALSE(parse_key(text, std::string("db1\0", 4)));
}

TEST(ClientKey, EveryCharacterCounts) {
  const std::string text = key_text(example(), "db1");
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int character = 0; character < 256; ++character) {
      std::string changed = text;
      if (changed[at] == static_cast<char>(character)) continue;
      changed[at] = static_cast<char>(character);
      EXPECT_FALSE(parse_key(changed, "db1")) << at << ' ' << character;
    }
    EXPECT_FALSE(parse_key(std::string_view(text).substr(0, at), "db1")) << at;
  }
  EXPECT_FALSE(parse_key(text + "A", "db1"));
  EXPECT_FALSE(parse_key(text + text, "db1"));
}

TEST(ClientKey, TheErrorDoesNotRepeatIt) {
  const std::string text = key_text(example(), "db1");
  for (const std::string& wrong : {text + "A", text.substr(0, 59) + '!', "hunter2" + text, text}) {
    const auto read = parse_key(wrong, "db2");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message.find(wrong), std::string::npos);
    EXPECT_EQ(read.error().message.find(text.substr(6, 12)), std::string::npos);
  }
  EXPECT_EQ(parse_key("hk1.abc", "db1").error().message, "a key has 60 characters, this one has 7; paste all of it");
}

}  // namespace
}  // namespace holter::heartbeat

#include "app/key_words.h"

#include <gtest/gtest.h>

#include "api/key_routes.h"

namespace holter::app {
namespace {

base::Endpoint at(const char* text) { return base::parse_endpoint(text).value(); }

TEST(KeyWords, AWordOfTheShellIsOneWord) {
  EXPECT_EQ(shell_word("db1.rack-7/a:b@c"), "db1.rack-7/a:b@c");
  EXPECT_EQ(shell_word(""), "$''");
  EXPECT_EQ(shell_word("-x"), "$'-x'");
  EXPECT_EQ(shell_word("a b"), "$'a b'");
  EXPECT_EQ(shell_word("$(reboot)`;'\\"), "$'$(reboot)`;\\'\\\\'");
  EXPECT_EQ(shell_word(std::string_view("\x1b]0;\x07\xff\n\0"
                                        "7",
                                        9)),
            "$'\\033]0;\\007\\377\\012\\0007'");
}

TEST(KeyWords, ClientsAreSentToAnAddressThatTheyReach) {
  HostFacts facts;
  env::Interface& eth0 = facts.interfaces.emplace_back();
  eth0.name = "eth0";
  eth0.up = true;
  for (const char* own : {"192.0.2.1", "2001:db8::1"}) eth0.addresses.push_back(base::IpAddress::parse(own).value());
  EXPECT_EQ(pulse_address({at("127.0.0.1:4280"), at("[::1]:4280")}, facts), "localhost");
  EXPECT_EQ(pulse_address({at("127.0.0.1:4280"), at("198.51.100.7:4280")}, facts), "198.51.100.7");
  EXPECT_EQ(pulse_address({at("198.51.100.7:5000")}, facts), "198.51.100.7:5000");
  EXPECT_EQ(pulse_address({at("0.0.0.0:4280")}, facts), "192.0.2.1");
  EXPECT_EQ(pulse_address({at("[::]:4280")}, facts), "[2001:db8::1]:4280");
}

TEST(KeyWords, TheLineIsMadeOfTheAnswer) {
  const auto line = pulse_line(api::made_key_json({"nä ch", 1, "hk1.abc", "192.0.2.1"}));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "holter pulse --to 192.0.2.1 --name $'n\\303\\244 ch' --key hk1.abc");
  EXPECT_FALSE(line->on_this_host);
  EXPECT_TRUE(pulse_line(api::made_key_json({"-x", 1, "hk1.abc", "localhost"}))->on_this_host);
  for (const char* other : {"", "{}", "[]", "{\"name\":1,\"key\":\"x\",\"to\":\"y\"}", "null"}) {
    EXPECT_FALSE(pulse_line(other)) << other;
  }
}

TEST(KeyWords, TheListShowsWhichKeysAreGood) {
  const base::WallTime made = base::WallTime::from_nanoseconds(1'772'368'496'000'000'000);
  const std::string json = api::keys_json({{"a\x1b", 3, 1, made}, {"b", 1, 1, made}, {"c", 2, 1, made}});
  EXPECT_EQ(keys_in_words(json, {}),
            "NAME   GOOD KEYS  MADE\n"
            "a\\x1b  2 to 3     2026-03-01T12:34:56.000Z\n"
            "b      none       2026-03-01T12:34:56.000Z\n"
            "c      2          2026-03-01T12:34:56.000Z\n");
  EXPECT_EQ(keys_in_words(api::keys_json({}), {}), "");
}

}  // namespace
}  // namespace holter::app

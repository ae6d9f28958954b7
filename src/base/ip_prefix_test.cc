#include "base/ip_prefix.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

bool contains(std::string_view prefix, std::string_view address) {
  return IpPrefix::parse(prefix).value().contains(IpAddress::parse(address).value());
}

TEST(IpPrefix, ContainsWhatSharesItsFirstBits) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("10.128.0.0/9", "10.128.0.1"));
  EXPECT_FALSE(contains("10.128.0.0/9", "10.127.255.255"));
  EXPECT_TRUE(contains("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("169.254.169.254", "169.254.169.254"));
  EXPECT_FALSE(contains("169.254.169.254", "169.254.169.253"));
  EXPECT_TRUE(contains("fe80::/10", "febf::1"));
  EXPECT_TRUE(contains("fe80::/10", "fe80::1%3"));
  EXPECT_FALSE(contains("fe80::/10", "fec0::1"));
}

TEST(IpPrefix, AnAddressOfIpv4IsOneHoweverItIsWritten) {
  EXPECT_TRUE(contains("169.254.0.0/16", "::ffff:169.254.169.254"));
  EXPECT_FALSE(contains("169.254.0.0/16", "::fffe:169.254.169.254"));
}

TEST(IpPrefix, IsReadAsItIsWritten) {
  for (const auto* text : {"10.0.0.0/8", "192.0.2.1", "fe80::/10", "::/0", "2001:db8::1"}) {
    EXPECT_EQ(to_string(IpPrefix::parse(text).value()), text);
  }
  EXPECT_EQ(to_string(IpPrefix::parse("192.0.2.1/32").value()), "192.0.2.1");
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "host", "fe80::1%2",
                           "10.0.0.1/8", "fe80::/129"}) {
    EXPECT_FALSE(IpPrefix::parse(text)) << text;
  }
}

}  // namespace
}  // namespace holter::base

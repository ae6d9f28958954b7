#include "base/ip.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace holter::base {
namespace {

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *parsed : IpAddress();
}

TEST(IpAddress, PrintsAsRfc5952Says) {
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"2001:0db8::0001", "2001:db8::1"},                // 4.1: no leading zeros
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},         // 4.2.1: as short as possible
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // 4.2.2: not for one field alone
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // 4.2.3: the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // 4.2.3: the first of equal runs
      {"2001:DB8::ABCD", "2001:db8::abcd"},              // 4.3: lower case
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},          // 5: mapped IPv4
      {"::", "::"},
      {"::1", "::1"},
  };
  for (const auto& [text, printed] : cases) {
    EXPECT_EQ(to_string(address(text)), printed);
    EXPECT_EQ(address(printed), address(text));
  }
}

TEST(IpAddress, PrintsEveryByteOfIpv4) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto part = static_cast<std::uint8_t>(byte);
    const auto other = static_cast<std::uint8_t>(255 - byte);
    const std::string text =
        std::to_string(part) + "." + std::to_string(other) + "." + std::to_string(part) + "." + std::to_string(other);
    EXPECT_EQ(to_string(IpAddress::v4({part, other, part, other})), text);
  }
}

TEST(IpAddress, KeepsANumericZone) {
  const IpAddress scoped = address("fe80::1%7");
  EXPECT_EQ(scoped.zone(), 7u);
  EXPECT_EQ(to_string(scoped), "fe80::1%7");
  EXPECT_NE(scoped, address("fe80::1"));
  EXPECT_EQ(address("fe80::1%0"), address("fe80::1"));
}

TEST(IpAddress, RefusesWhatIsNotAnAddress) {
  const std::string_view wrong[] = {"",
                                    " ",
                                    "1",
                                    "1.2.3",
                                    "1.2.3.4.5",
                                    "256.1.1.1",
                                    "1.2.3.4 ",
                                    "0x7f.1",
                                    "::g",
                                    ":::",
                                    "1::2::3",
                                    "fe80::1%",
                                    "fe80::1%eth0",
                                    "fe80::1%-1",
                                    "fe80::1%99999999999",
                                    "1.2.3.4%1",
                                    "[::1]",
                                    "localhost",
                                    "10.0.0.0/8"};
  for (const std::string_view text : wrong) EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  EXPECT_FALSE(IpAddress::parse(std::string(100, '1')).has_value());
}

// A C string would end at the NUL and be taken for the address before it.
TEST(IpAddress, RefusesAHiddenNul) {
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(IpAddress::parse("192.0.2.1\0.evil"sv).has_value());
  EXPECT_FALSE(IpAddress::parse("::1\0"sv).has_value());
}

TEST(IpAddress, KnowsItsKinds) {
  EXPECT_TRUE(address("127.5.0.1").is_loopback());
  EXPECT_TRUE(address("::1").is_loopback());
  EXPECT_FALSE(address("128.0.0.1").is_loopback());
  EXPECT_TRUE(address("0.0.0.0").is_any());
  EXPECT_TRUE(address("::").is_any());
  EXPECT_TRUE(address("169.254.0.9").is_link_local());
  EXPECT_TRUE(address("febf::1").is_link_local());
  EXPECT_FALSE(address("fec0::1").is_link_local());
  EXPECT_EQ(IpAddress::any(IpAddress::Family::v6), address("::"));
  EXPECT_EQ(IpAddress::loopback(IpAddress::Family::v4), address("127.0.0.1"));
}

TEST(IpAddress, FamiliesNeverEqual) {
  EXPECT_NE(IpAddress::any(IpAddress::Family::v4), IpAddress::any(IpAddress::Family::v6));
  EXPECT_EQ(IpAddress::v4(0xc0000201), address("192.0.2.1"));
  EXPECT_EQ(address("192.0.2.1").bytes().size(), 4u);
  EXPECT_EQ(address("::1").bytes().size(), 16u);
}

TEST(IpAddress, HashesByValue) {
  const std::unordered_set<IpAddress> set = {address("::1"), address("0::1"), address("fe80::1%1"),
                                             address("fe80::1%2")};
  EXPECT_EQ(set.size(), 3u);
  const std::unordered_set<Endpoint> endpoints = {{address("::1"), 1}, {address("::1"), 1}, {address("::1"), 2}};
  EXPECT_EQ(endpoints.size(), 2u);
}

TEST(Endpoint, PrintsBracketsAroundIpv6) {
  EXPECT_EQ(to_string(Endpoint{address("192.0.2.1"), 53}), "192.0.2.1:53");
  EXPECT_EQ(to_string(Endpoint{address("2001:db8::1"), 65535}), "[2001:db8::1]:65535");
  EXPECT_EQ(to_string(Endpoint{address("fe80::1%2"), 0}), "[fe80::1%2]:0");
}

TEST(Endpoint, ReadsWhatItPrints) {
  for (const std::string_view text : {"192.0.2.1:53", "[2001:db8::1]:65535", "[fe80::1%2]:1"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.has_value()) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, RefusesWhatIsNotAnAddressAndPort) {
  for (const std::string_view text :
       {"", ":", "192.0.2.1", "192.0.2.1:", ":53", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:5 3",
        "[192.0.2.1]:53", "2001:db8::1:53", "[2001:db8::1]", "[2001:db8::1:53", "[]:53", "localhost:53"}) {
    EXPECT_FALSE(parse_endpoint(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace holter::base
